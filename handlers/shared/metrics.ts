import { type WriteLine, writeToStdout } from "./log";

const namespace = "EventDrivenEcs";

type Unit = "Count" | "Milliseconds";

/** One value of one metric. Dimensions are Function and Service, and Reason where the metric has one. */
export type Metric = { name: string; value: number; unit: Unit; service: string; reason?: string };
export type EmitMetrics = (metrics: readonly Metric[]) => void;

/**
 * Metrics as CloudWatch embedded metric format, one line of the log each: CloudWatch Logs makes the metrics of it,
 * so no call and no right is needed.
 */
export const createMetrics =
  (functionName: string, now: () => number, write: WriteLine = writeToStdout): EmitMetrics =>
  (metrics) => {
    for (const { name, value, unit, service, reason } of metrics) {
      const dimensions = [["Function", "Service"]];
      // Both sets: an alarm wants the sum over all reasons, a dashboard each one.
      if (reason !== undefined) dimensions.push(["Function", "Service", "Reason"]);
      write(
        JSON.stringify({
          _aws: {
            Timestamp: now(),
            CloudWatchMetrics: [
              { Namespace: namespace, Dimensions: dimensions, Metrics: [{ Name: name, Unit: unit }] },
            ],
          },
          Function: functionName,
          Service: service,
          Reason: reason,
          [name]: value,
        }),
      );
    }
  };
