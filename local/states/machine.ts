import type { Caller } from "../routing";

/** A state machine, as in the response of DescribeStateMachine. */
export interface StateMachine {
  stateMachineArn: string;
  name: string;
  definition: string;
  roleArn: string;
  type?: "STANDARD" | "EXPRESS";
}

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One execution of a state machine. */
export interface Execution {
  caller: Caller;
  arn: string;
  name: string;
  machine: StateMachine;
  input: string;
  startedAt: Date;
  stoppedAt?: Date;
  status: ExecutionStatus;
  output?: string;
  error?: string;
  cause?: string;
  history: HistoryEvent[];
  /** Ends the execution with status ABORTED. */
  abort(): void;
  /** Resolves when the execution has ended with any status. */
  ended: Promise<void>;
}

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  /** one field, named after the type */
  details: object;
}
