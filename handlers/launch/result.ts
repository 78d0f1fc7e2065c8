import type { TaskEnd } from "./launch-records";

/** `duplicate`: an earlier delivery of the event launched the task. */
export type Launched = { service: string; taskArn: string; duplicate: boolean };
/** The event is in the DLQ, for this reason. */
export type Rejected = { rejected: string };
/** The event is unrelated to this function, or was handled before. */
export type Ignored = { ignored: string };
/** The function will receive the event again: from its buffer or retry queue, or as a reference. */
export type Forwarded = { handedOn: "buffer" | "retry" | "reference" };
/** A task has ended, and there is nothing to do. */
export type EndedTask = { service: string; taskArn: string; end: TaskEnd };

/** The result of an event that launched nothing. */
export type NoLaunch = Rejected | Ignored | Forwarded | EndedTask;
