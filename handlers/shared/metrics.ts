import { type WriteLine, writeToStdout } from "./log";

const namespace = "EventDrivenEcs";

type Unit = "Bytes" | "Count" | "Milliseconds";

/** One value of a metric. Its dimensions are Function, unless there is none, Service, and Reason when it has one. */
export type Metric = { name: string; value: number; unit: Unit; service: string; reason?: string };
export type EmitMetrics = (metrics: readonly Metric[]) => void;

/**
 * Writes metrics to the log in CloudWatch embedded metric format. CloudWatch Logs turns them into metrics, so the function
 * needs no call and no permission.
 * @param functionName undefined: a function and a task count in one metric
 */
export const createMetricsEmitter =
  (functionName: string | undefined, now: () => number, write: WriteLine = writeToStdout): EmitMetrics =>
  (metrics) => {
    for (const { name, value, unit, service, reason } of metrics) {
      const common = functionName === undefined ? ["Service"] : ["Function", "Service"];
      const dimensions = [common];
      // Alarms use the sum over all reasons, dashboards use each reason.
      if (reason !== undefined) dimensions.push([...common, "Reason"]);
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
