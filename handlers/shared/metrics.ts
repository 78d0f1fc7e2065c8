import { type WriteLine, writeToStdout } from "./log";

const namespace = "EventDrivenEcs";

type Unit = "Count" | "Milliseconds";

/** One value of a metric. Its dimensions are Function and Service, and Reason when it has one. */
export type Metric = { name: string; value: number; unit: Unit; service: string; reason?: string };
export type EmitMetrics = (metrics: readonly Metric[]) => void;

/**
 * Writes metrics to the log in CloudWatch embedded metric format. CloudWatch Logs turns them into metrics, so the function
 * needs no call and no permission.
 */
export const createMetricsEmitter =
  (functionName: string, now: () => number, write: WriteLine = writeToStdout): EmitMetrics =>
  (metrics) => {
    for (const { name, value, unit, service, reason } of metrics) {
      const dimensions = [["Function", "Service"]];
      // Alarms use the sum over all reasons, dashboards use each reason.
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
