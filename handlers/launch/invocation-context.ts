import type { Context } from "aws-lambda";
import type { EmitMetrics, Metric } from "../shared/metrics";
import type { RateLimit } from "./rate-limit";

export type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

export type InvocationContext = {
  invocation: Invocation;
  emit: EmitMetrics;
  rateLimit: RateLimit;
  /** Whether the function waits until a launched task runs. */
  waitsForTask: boolean;
  /** Service and event of the current input, once known: for log lines and metrics. */
  labels: { service: string; eventId: string };
};

export const createCount = (name: string, service: string, reason?: string): Metric => ({
  name,
  value: 1,
  unit: "Count",
  service,
  reason,
});
