import type { Letter } from "../dead-letters/letter";

/** What has become of a letter. */
export type Outcome =
  /** Only with `--dry-run`. */
  | { outcome: "wouldBeSent" }
  /** It stays in its queue. */
  | { outcome: "left"; reason: string }
  | { outcome: "notSent"; reason: string }
  /** It was sent, and is still in its queue. */
  | { outcome: "notDeleted"; reason: string }
  /** It was sent. */
  | { outcome: "notFollowed"; reason: string }
  /** Its tasks run, or have ended without a failure. `queued`: a worker of the policy runner takes the run. */
  | { outcome: "started"; tasks: string[] }
  | { outcome: "queued" }
  /** Its task exists from an earlier launch. */
  | { outcome: "duplicate"; tasks: string[] }
  /** The function took it, and it starts no task: a stop event, or the end of a task. */
  | { outcome: "accepted" }
  | { outcome: "nothingToRun"; reason: string }
  | { outcome: "failed"; tasks: string[]; reason: string }
  | { outcome: "deadLetter"; code: string; reason: string }
  | { outcome: "waiting"; tasks: string[] };

export type RedrivenLetter = { letter: Letter; outcome: Outcome };

/** Outcomes that need someone. */
const badOutcomes: readonly Outcome["outcome"][] = ["notSent", "notDeleted", "failed", "deadLetter"];
export const isBad = ({ outcome }: Outcome): boolean => badOutcomes.includes(outcome);
