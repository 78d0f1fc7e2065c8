import type { Caller } from "../routing";

/** A function as it is deployed. */
export interface DeployedFunction {
  caller: Caller;
  arn: string;
  name: string;
  version: string;
  runtime: string;
  handler: string;
  roleArn: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  logGroup: string;
  deadLetterArn?: string;
  /** Grows with every deployment, so that a warm environment of an older one is not used. */
  revision: string;
  zip: Buffer;
}

/** How asynchronous invocations of a function are treated. */
export interface AsyncPolicy {
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
  onSuccess?: string;
  onFailure?: string;
}

export interface Invocation {
  requestId: string;
  /** JSON text */
  event: string;
  /** ARN that the caller used, with a qualifier if it gave one */
  invokedArn: string;
  /** X-Ray's trace header, `_X_AMZN_TRACE_ID` in the function */
  trace?: string;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** How one attempt ended. */
export interface Outcome {
  /** JSON text: what the function returned, or a FunctionError */
  payload: string;
  failed: boolean;
  /** the last 4 KB of the attempt's log */
  logTail: string;
}

/** Runs single attempts of functions. */
export interface Executor {
  run(deployed: DeployedFunction, invocation: Invocation): Promise<Outcome>;
}
