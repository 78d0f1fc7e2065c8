import { createHash } from "node:crypto";
import type { KeyValuePair, RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { WorkerEnvironment } from "../../worker/environment";
import { Rejection } from "../shared/failures";
import { type Payload, payloadOf } from "../shared/payload";
import { groupOf } from "../shared/routes";
import type { StartEvent } from "./event";
import { placementsOf } from "./placements";
import type { Target } from "./route";

/**
 * ECS takes 8,192 characters of overrides, JSON punctuation included (API reference of RunTask, `overrides`).
 * Counted in bytes, which is never less, because ECS does not say how it counts other than ASCII.
 */
const overridesLimit = 8192;
const sizeOf = (overrides: unknown): number => Buffer.byteLength(JSON.stringify(overrides));

/**
 * The tokens of a launch. Another delivery of the event has to be the same launch to ECS, so they may depend on nothing
 * else. Tokens after the first serve where ECS takes one for used up although it started no task.
 */
const clientToken = (eventId: string, service: string, attempt: number, usedUp: number): string =>
  createHash("sha256")
    .update([eventId, service, attempt, ...(usedUp > 0 ? [usedUp] : [])].join("\n"))
    .digest("base64url");

/** What ECS allows in `startedBy`, by which ListTasks can find the task of an event. */
const startedBy = (eventId: string): string => eventId.replaceAll(/[^A-Za-z0-9\-/_]/g, "-").slice(0, 128);

/** The variable of a container that says which attempt its launch was; absent for the first. */
export const attemptVariable = "LAUNCH_ATTEMPT";

const variable = (name: keyof WorkerEnvironment, value: string): KeyValuePair => ({ name, value });

const taskOverrides = ({ route, overrides }: Target, variables: KeyValuePair[]) => ({
  containerOverrides: [
    {
      name: route.container,
      environment: [
        ...Object.entries(overrides.environment ?? {}).map(([name, value]) => ({ name, value })),
        ...(overrides.port === undefined ? [] : [{ name: "PORT", value: String(overrides.port) }]),
        ...variables,
      ],
      ...(overrides.command && { command: overrides.command }),
    },
  ],
  ...(overrides.cpu && { cpu: overrides.cpu }),
  ...(overrides.memory && { memory: overrides.memory }),
});

const withPayload = (target: Target, event: StartEvent, attempt: number, bucket: string) => {
  const again = attempt > 1 ? [{ name: attemptVariable, value: String(attempt) }] : [];
  const inline = taskOverrides(target, [variable("EVENT_PAYLOAD", event.payload), ...again]);
  if (sizeOf(inline) <= overridesLimit) return { overrides: inline };

  const payload = payloadOf(event.payload);
  const byReference = taskOverrides(target, [
    variable("EVENT_PAYLOAD_REF", `s3://${bucket}/${payload.key}`),
    variable("EVENT_PAYLOAD_SHA256", payload.sha256),
    ...again,
  ]);
  const size = sizeOf(byReference);
  if (size <= overridesLimit) return { overrides: byReference, payload };
  throw new Rejection(
    "OverridesTooLong",
    `detail.command, detail.environment: ${size} bytes of overrides; ECS takes ${overridesLimit}`,
  );
};

export type Launch = {
  /** In the order in which they are tried when capacity is lacking. */
  requests: readonly RunTaskCommandInput[];
  /** The event has been delivered before, by its age; the second request then repeats the first in other words. */
  isRetry: boolean;
  /** @param usedUp how many tokens ECS has refused although they started no task */
  token: (usedUp: number) => string;
  /** To be stored before the launch, when the event is too long to go inline. */
  payload?: Payload;
};

// Deliveries of one event are apart by minutes and later by hours: their tries get numbers of their own.
const tryAt = ({ time = Number.POSITIVE_INFINITY }: StartEvent, now: number): number =>
  1 + Math.floor(Math.log2(1 + Math.max(0, now - time) / 60_000));

/**
 * The launch of an event. Its first request is a pure function of event, attempt and route, because ECS answers
 * `ConflictException` to a token that comes back with anything changed. The requests after it are made only when ECS
 * had no room for the first, and they do name the try they belong to: if ECS remembered a token's lack of room, the
 * same request would have the same answer for a day.
 * @param attempt 1, or one more than the launches of the event whose tasks failed to start
 * @throws Rejection when the overrides are too long even without the payload
 */
export const launchOf = (
  event: StartEvent,
  target: Target,
  attempt: number,
  payloadBucket: string,
  now: number,
): Launch => {
  const { service, route, overrides } = target;
  const started = startedBy(event.id);
  const { overrides: ecsOverrides, payload } = withPayload(target, event, attempt, payloadBucket);
  const request: RunTaskCommandInput = {
    cluster: route.cluster,
    taskDefinition: overrides.taskDefinition ?? route.family,
    count: 1,
    group: groupOf(service),
    startedBy: started,
    propagateTags: "TASK_DEFINITION",
    tags: [
      { key: "event-id", value: started },
      { key: "service", value: service },
    ],
    overrides: ecsOverrides,
  };
  const [first, ...others] = placementsOf(target);
  const number = tryAt(event, now);
  const retry = { ...request, tags: [...request.tags!, { key: "try", value: String(number) }] };
  return {
    requests: [
      { ...request, ...first },
      ...(number > 1 ? [first, ...others] : others).map((placement) => ({ ...retry, ...placement })),
    ],
    isRetry: number > 1,
    token: (usedUp) => clientToken(event.id, service, attempt, usedUp),
    ...(payload && { payload }),
  };
};
