import type { RunTaskCommandInput, TaskVolumeConfiguration } from "@aws-sdk/client-ecs";
import type { Payload } from "../shared/payload";
import { toTaskGroup } from "../shared/task-group";
import { createTaskTag } from "../shared/task-tags";
import { createEarlierEndsTags } from "./earlier-ends-tag";
import type { Launch, LaunchEvent, PayloadVariables } from "./launch";
import {
  createClientToken,
  createLaunchId,
  createStartedBy,
  type LaunchKey,
  sanitizeEventId,
} from "./launch-id";
import { listPlacements } from "./placements";
import type { Route } from "./route";
import { createTaskOverrides } from "./task-overrides";

export type LaunchRequest = {
  launchId: string;
  /** In the order in which they are tried while capacity is missing. */
  requests: readonly RunTaskCommandInput[];
  /** The event was delivered before, judging by its age or its failure record. The second request then repeats the first with another tag. */
  isRedelivered: boolean;
  /** @param usedTokens how many tokens ECS has refused although they started no task */
  createToken: (usedTokens: number) => string;
  /** To store before the launch, when the event is too long for the overrides. */
  payload?: Payload;
};

// Retries of one event are minutes and later hours apart, so the event's age gives each of them another number. A redrive
// may follow immediately, so its name also has the time of the failure record.
const nameDelivery = (
  { time = Number.POSITIVE_INFINITY }: LaunchEvent,
  recordedAt: number | undefined,
  now: number,
): { name: string; isRedelivered: boolean } => {
  const number = 1 + Math.floor(Math.log2(1 + Math.max(0, now - time) / 60_000));
  return recordedAt === undefined
    ? { name: String(number), isRedelivered: number > 1 }
    : { name: `${number}-${recordedAt}`, isRedelivered: true };
};

const toVolumeConfiguration = ({
  name,
  ...managedEBSVolume
}: NonNullable<Route["ebsVolume"]>): TaskVolumeConfiguration => ({ name, managedEBSVolume });

/**
 * The RunTask requests of an event. The first request depends only on event, attempt and launch route, because ECS
 * answers `ConflictException` when a client token is reused with different parameters. The further requests are sent only
 * when ECS had no capacity. They have a tag for the delivery: if ECS remembers a failure for a client token, the same
 * request would fail for a day.
 * @throws PermanentError when the overrides are too long even with a reference to the event
 */
export const createLaunchRequest = (
  { event, resolved, delivery, subKey }: Launch,
  { payloadVariables, payloadBucket }: { payloadVariables: PayloadVariables; payloadBucket: string },
  now: number,
): LaunchRequest => {
  const { service, route } = resolved;
  const { attempt, earlierEnds, recordedAt } = delivery;
  const key: LaunchKey = { eventId: event.id, service, ...(subKey && { subKey }), attempt };
  const { overrides, payload } = createTaskOverrides(
    resolved,
    event.payload,
    payloadVariables,
    attempt,
    payloadBucket,
  );
  const request: RunTaskCommandInput = {
    cluster: route.cluster,
    taskDefinition: resolved.overrides.taskDefinition ?? route.family,
    count: 1,
    group: toTaskGroup(service),
    startedBy: createStartedBy(key),
    propagateTags: "TASK_DEFINITION",
    ...(route.enableExecuteCommand && { enableExecuteCommand: true }),
    tags: [
      createTaskTag("event-id", sanitizeEventId(event.id, 128)),
      createTaskTag("service", service),
      ...createEarlierEndsTags(earlierEnds),
    ],
    overrides,
    ...(route.ebsVolume && { volumeConfigurations: [toVolumeConfiguration(route.ebsVolume)] }),
  };
  const [first, ...others] = listPlacements(resolved);
  const { name, isRedelivered } = nameDelivery(event, recordedAt, now);
  const taggedRequest = { ...request, tags: [...request.tags!, createTaskTag("try", name)] };
  return {
    launchId: createLaunchId(key),
    requests: [
      { ...request, ...first },
      ...(isRedelivered ? [first, ...others] : others).map((placement) => ({
        ...taggedRequest,
        ...placement,
      })),
    ],
    isRedelivered,
    createToken: (usedTokens) => createClientToken(key, usedTokens),
    ...(payload && { payload }),
  };
};
