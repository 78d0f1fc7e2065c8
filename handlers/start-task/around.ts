import type { Context } from "aws-lambda";
import type { EmitMetrics, Metric } from "../shared/metrics";
import type { TaskWatch } from "../shared/task-watch";
import type { Pace } from "./pace";

export type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/** What holds for everything that one invocation does. */
export type Around = {
  invocation: Invocation;
  emit: EmitMetrics;
  pace: Pace;
  watch: TaskWatch;
  /** Whether launches are waited for. */
  waits: boolean;
  /** What the input at hand is about, as far as that is known: for logs and metrics of its failure. */
  about: { service: string; eventId: string };
};

export const countOne = (name: string, service: string, reason?: string): Metric => ({
  name,
  value: 1,
  unit: "Count",
  service,
  reason,
});
