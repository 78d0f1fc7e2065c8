import type { QueuedLaunch } from "../../container-contract/queued-launch";
import type { SendMessage } from "../shared/send-message";
import { truncateName } from "../shared/text";
import { createCount } from "./invocation-context";
import type { LaunchRecord } from "./launch-records";
import type { LaunchTask, LaunchTaskParts } from "./launch-task";
import { createLaunchRequest } from "./run-task-request";

/**
 * Puts launches into the queue of an ECS service instead of running tasks. The launch record is written before the message
 * is sent and completed after it: a retry of a launch that crashed in between sends the message again. Both messages have
 * the time of the record, and the workers make a launch of one time once.
 */
export const createQueueLaunch = (
  {
    bucket,
    records,
    payloadVariables,
    log,
    now,
    sendMessage,
  }: Omit<LaunchTaskParts, "ecs"> & { sendMessage: SendMessage },
  queueUrl: string,
  /** URL of the queue that gets the reports of the workers. */
  reportQueueUrl: string,
): LaunchTask => {
  return async (launch, { emit }, logFields) => {
    const { event, resolved, delivery } = launch;
    const { service, route } = resolved;
    const { attempt, earlierEnds } = delivery;
    const time = now();
    const { launchId, requests, payload } = createLaunchRequest(
      launch,
      { payloadVariables, payloadBucket: bucket.name },
      now(),
    );
    const { startedBy, group, overrides } = requests[0]!;
    const createMessage = ({ taskArn, launchedAt: createdAt }: LaunchRecord): QueuedLaunch => ({
      launch: {
        taskArn,
        clusterArn: route.cluster,
        taskDefinitionArn: route.family,
        group: group!,
        startedBy: startedBy!,
        createdAt,
      },
      container: route.container,
      reportQueueUrl,
      claimBucket: bucket.name,
      environment: Object.fromEntries(
        (overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name, value }) => [name!, value!]),
      ),
    });
    const own: LaunchRecord = {
      // After the deduplication window the event may be launched again.
      taskArn: `queued/${launchId}-${time}`,
      eventId: event.id,
      service,
      attempt,
      earlierEnds,
      launchedAt: new Date(time).toISOString(),
      event: delivery.event,
    };
    if (payload) await bucket.put(payload.key, payload.body);
    await records.add(launchId, { ...own, isPending: true });
    const { isPending, ...record } = (await records.read(launchId)) ?? own;
    const { taskArn } = record;
    // Another delivery of the event was faster.
    if (!isPending) return { taskArn, duplicate: true };
    await sendMessage(queueUrl, JSON.stringify(createMessage(record)));
    // Not before the message is sent. If a worker was faster and the outcome is there already, it stays.
    const current = await records.read(launchId);
    if (current?.outcome === undefined) await records.replace(launchId, record);
    log.info("launch is in the queue", {
      eventId: truncateName(event.id),
      service,
      ...logFields,
      taskArn,
      ...(attempt > 1 && { attempt }),
    });
    emit([createCount("Launches", service)]);
    return { taskArn, duplicate: false };
  };
};
