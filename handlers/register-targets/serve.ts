import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Route } from "./environment";
import type { Input, StateChange } from "./input";
import { count, lag } from "./metrics";
import { type ReconcileParts, type Report, reconcile } from "./reconcile";
import { stopService } from "./stop";

export type ServeParts = ReconcileParts & {
  sqs: SQSClient;
  recheckQueueUrl: string;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
};

/** ECS describes a task for at least an hour after it has stopped (API reference of DescribeTasks). */
const describedMs = 3_600_000;

/** SQS delays a message by no more (API reference of SendMessage). */
const longestDelaySeconds = 900;

/** For the load balancer to have noticed that the delay is over. */
const marginSeconds = 5;

const recheckLater = async (
  service: string,
  { drainSeconds }: Route,
  { sqs, recheckQueueUrl }: ServeParts,
) => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: recheckQueueUrl,
      MessageBody: JSON.stringify({ recheck: service }),
      DelaySeconds: Math.min(drainSeconds + marginSeconds, longestDelaySeconds),
    }),
  );
};

const followChange = async (
  service: string,
  route: Route,
  { taskArn, version, lastStatus, time }: StateChange,
  parts: ServeParts,
): Promise<Report> => {
  const { now, emit } = parts;
  const young = time === undefined || now() - time < describedMs;
  const runs = lastStatus === "RUNNING";
  const report = await reconcile(service, route, parts, { taskArn, version, running: runs && young });
  if (runs && time !== undefined && report.registered.some((target) => target.taskArn === taskArn)) {
    emit([lag(service, now() - time)]);
  }
  return report;
};

/** Does for one service what the input asks for. */
export const serve = async (
  service: string,
  route: Route,
  input: Input,
  parts: ServeParts,
): Promise<Report> => {
  if (input.kind === "change") return followChange(service, route, input, parts);
  const report =
    input.kind === "stop"
      ? await stopService(service, route, input, parts)
      : await reconcile(service, route, parts);
  if (input.kind === "sweep") {
    parts.emit([count("missing", service, report.missing), count("stale", service, report.stale)]);
  }
  // Not after a change: the event that asked for the stop, or else a sweep, sees to it.
  if (report.draining.length > 0) await recheckLater(service, route, parts);
  return report;
};
