import { createHash } from "node:crypto";
import type { KeyValuePair, RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { LaunchVariable } from "../../container-contract/launch-environment";
import { type Delivery, type EarlierEnds, noEarlierEnds } from "../shared/envelope";
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

/** Which launch this is. Another delivery of its event has to be the same launch to ECS: it depends on nothing else. */
export type LaunchKey = {
  eventId: string;
  service: string;
  /** Tells launches of one event for one service apart; empty where there is only one. */
  subKey?: string;
  /** 1, or one more than the launches of the event that have ended before. */
  attempt: number;
};

const hashOf = ({ eventId, service, subKey = "", attempt }: LaunchKey, usedUp: number): string =>
  createHash("sha256")
    .update([eventId, service, ...(subKey && [subKey]), attempt, ...(usedUp > 0 ? [usedUp] : [])].join("\n"))
    .digest("base64url");

/** Name of a launch: of its record, in its task's `startedBy`, and its first client token. */
export const launchIdOf = (key: LaunchKey): string => hashOf(key, 0);

// `startedBy` holds 128 of these characters (API reference of RunTask); the id of the launch takes 43.
const forStartedBy = (eventId: string, length: number): string =>
  eventId.replaceAll(/[^A-Za-z0-9\-/_]/g, "-").slice(0, length);
const startedBy = (key: LaunchKey): string => `${forStartedBy(key.eventId, 84)}/${launchIdOf(key)}`;

/** The launch that a task is of; undefined for a task of something else. */
export const launchIdIn = (startedBy = ""): string | undefined =>
  /\/([A-Za-z0-9_-]{43})$/.exec(startedBy)?.[1];

// ECS keeps it with the task, for whoever has to write the record of the launch: without it an event whose launches
// die before their records would be launched without end.
const earlierEndsTag = "earlier-ends";
const kinds = ["unstarted", "failed", "interrupted"] as const;

const tagsOf = (ends: EarlierEnds): { key: string; value: string }[] =>
  kinds.some((kind) => ends[kind] > 0)
    ? [{ key: earlierEndsTag, value: kinds.map((kind) => ends[kind]).join("/") }]
    : [];

/** How earlier launches of a task's event have ended, as the task's tags tell. */
export const earlierEndsIn = (tags: readonly { key?: string; value?: string }[] = []): EarlierEnds => {
  const { value = "" } = tags.find(({ key }) => key === earlierEndsTag) ?? {};
  if (!/^\d+\/\d+\/\d+$/.test(value)) return noEarlierEnds;
  const [unstarted = 0, failed = 0, interrupted = 0] = value.split("/").map(Number);
  return { unstarted, failed, interrupted };
};

const variable = (name: LaunchVariable, value: string): KeyValuePair => ({ name, value });

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
  const again = attempt > 1 ? [variable("LAUNCH_ATTEMPT", String(attempt))] : [];
  if (event.payload.length <= overridesLimit) {
    const inline = taskOverrides(target, [variable("EVENT_PAYLOAD", event.payload), ...again]);
    if (sizeOf(inline) <= overridesLimit) return { overrides: inline };
  }

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
  id: string;
  /** In the order in which they are tried when capacity is lacking. */
  requests: readonly RunTaskCommandInput[];
  /** The event has been delivered before, by its age or because it is redriven; the second request then repeats the first in other words. */
  isRetry: boolean;
  /** @param usedUp how many tokens ECS has refused although they started no task */
  token: (usedUp: number) => string;
  /** To be stored before the launch, when the event is too long to go inline. */
  payload?: Payload;
};

// Deliveries of one event are apart by minutes and later by hours: their tries get numbers of their own. A redrive comes
// when its cause is mended, which may be at once: its try is named after the time of its message too.
const tryAt = (
  { time = Number.POSITIVE_INFINITY }: StartEvent,
  recordedAt: number | undefined,
  now: number,
): { name: string; isRetry: boolean } => {
  const number = 1 + Math.floor(Math.log2(1 + Math.max(0, now - time) / 60_000));
  return recordedAt === undefined
    ? { name: String(number), isRetry: number > 1 }
    : { name: `${number}-${recordedAt}`, isRetry: true };
};

/**
 * The launch of an event. Its first request is a pure function of event, attempt and route, because ECS answers
 * `ConflictException` to a token that comes back with anything changed. The requests after it are made only when ECS
 * had no room for the first, and they do name the try they belong to: if ECS remembered a token's lack of room, the
 * same request would have the same answer for a day.
 * @throws Rejection when the overrides are too long even without the payload
 */
export const launchOf = (
  event: StartEvent,
  target: Target,
  {
    attempt,
    subKey,
    earlierEnds,
    recordedAt,
  }: Pick<LaunchKey, "subKey"> & Pick<Delivery, "attempt" | "earlierEnds" | "recordedAt">,
  payloadBucket: string,
  now: number,
): Launch => {
  const { service, route, overrides } = target;
  const key: LaunchKey = { eventId: event.id, service, subKey, attempt };
  const { overrides: ecsOverrides, payload } = withPayload(target, event, attempt, payloadBucket);
  const request: RunTaskCommandInput = {
    cluster: route.cluster,
    taskDefinition: overrides.taskDefinition ?? route.family,
    count: 1,
    group: groupOf(service),
    startedBy: startedBy(key),
    propagateTags: "TASK_DEFINITION",
    tags: [
      { key: "event-id", value: forStartedBy(event.id, 128) },
      { key: "service", value: service },
      ...tagsOf(earlierEnds),
    ],
    overrides: ecsOverrides,
  };
  const [first, ...others] = placementsOf(target);
  const { name, isRetry } = tryAt(event, recordedAt, now);
  const retry = { ...request, tags: [...request.tags!, { key: "try", value: name }] };
  return {
    id: launchIdOf(key),
    requests: [
      { ...request, ...first },
      ...(isRetry ? [first, ...others] : others).map((placement) => ({ ...retry, ...placement })),
    ],
    isRetry,
    token: (usedUp) => hashOf(key, usedUp),
    ...(payload && { payload }),
  };
};
