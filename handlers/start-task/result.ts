import type { TaskEnd } from "./launch-records";
import type { Arrived } from "./wait";

/** `duplicate`: the event had launched this task before. */
export type Launched = { service: string; taskArn: string; duplicate: boolean };
/** The answer of a launch that was waited for. */
export type Answered = { statusCode: 200; body: Arrived };
/** The event is in the dead-letter queue, for this reason. */
export type Rejected = { rejected: string };
/** An event that is not for this function, or has been dealt with. */
export type Ignored = { ignored: string };
/** The event comes back to this function, from its queue or by reference. */
export type HandedOn = { handedOn: "buffer" | "retry" | "reference" };
/** A task has ended, and nothing follows from it. */
export type EndedTask = { service: string; taskArn: string; end: TaskEnd };

export type Result = Launched | Answered | Rejected | Ignored | HandedOn | EndedTask;
