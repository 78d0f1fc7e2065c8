/** What a notice says. Counts are of bottles, sizes in bytes, times in seconds. */
export type Notice =
  | {
      kind: "nothing-new";
      /** Bottles that clients of the wanted platforms take. Undefined: they were not counted. */
      mirrored: number | undefined;
      warnings?: readonly string[];
    }
  | {
      kind: "started";
      bottles: number;
      bytes: number;
      host: "function" | "task";
      /** What the reader should know although the run goes on. */
      warnings?: readonly string[];
    }
  | { kind: "progress"; done: number; bottles: number; doneBytes: number; bytes: number; seconds: number }
  | {
      kind: "succeeded";
      mirrored: number;
      bytes: number;
      seconds: number;
      /** Objects that nothing refers to any more and that were deleted. */
      removed: number;
      /** What the reader should know although the run has succeeded. */
      warnings: readonly string[];
    }
  | {
      kind: "failed";
      /** Why the run has failed, in one sentence. */
      reason: string;
      /** Absent: the run failed before it knew. */
      mirrored?: number;
      bottles?: number;
      /** One line for each bottle that could not be mirrored, or for each further problem. */
      details: readonly string[];
    };

export type NoticeKind = Notice["kind"];
