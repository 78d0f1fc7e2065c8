import type { TaskEnd } from "./launch-records";
import type { WaitResult } from "./wait-for-target";

/** `duplicate`: an earlier delivery of the event launched the task. */
export type Launched = { service: string; taskArn: string; duplicate: boolean };
/** The result of a function that waits. */
export type WaitedLaunch = { statusCode: 200; body: WaitResult };
/** The event is in the DLQ, for this reason. */
export type Rejected = { rejected: string };
/** The event is unrelated to this function, or was handled before. */
export type Ignored = { ignored: string };
/** The function will receive the event again: from its buffer or retry queue, or as a reference. */
export type Forwarded = { handedOn: "buffer" | "retry" | "reference" };
/** A task has ended, and there is nothing to do. */
export type EndedTask = { service: string; taskArn: string; end: TaskEnd };

export type Result = Launched | WaitedLaunch | Rejected | Ignored | Forwarded | EndedTask;
