import type { Caller } from "../routing";

/** A deployed function. */
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
  /** undefined: in no VPC */
  network?: { securityGroupIds: string[]; subnetIds: string[] };
  logGroup: string;
  dlqArn?: string;
  /** Changes with every deployment, so that warm environments of older ones are not used. */
  revision: string;
  zip: Buffer;
}

/** Settings of asynchronous invocations of a function. */
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
  /** ARN that the caller used, with the qualifier if there is one */
  invokedArn: string;
  /** X-Ray trace header, `_X_AMZN_TRACE_ID` in the function */
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
