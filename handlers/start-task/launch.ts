import { createHash } from "node:crypto";
import type { KeyValuePair, RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { WorkerEnvironment } from "../../worker/environment";
import { Rejection } from "../shared/failures";
import { type Payload, payloadOf } from "../shared/payload";
import { groupOf } from "../shared/routes";
import type { StartEvent } from "./event";
import type { Target } from "./route";

/**
 * ECS takes 8,192 characters of overrides, JSON punctuation included (API reference of RunTask, `overrides`).
 * Counted in bytes, which is never less, because ECS does not say how it counts other than ASCII.
 */
const overridesLimit = 8192;
const sizeOf = (overrides: unknown): number => Buffer.byteLength(JSON.stringify(overrides));

// A second try of the same event has to be the same launch to ECS, so the token may depend on nothing else.
const attempt = 1;
const clientToken = (eventId: string, service: string): string =>
  createHash("sha256").update(`${eventId}\n${service}\n${attempt}`).digest("base64url");

/** What ECS allows in `startedBy`, by which ListTasks can find the task of an event. */
const startedBy = (eventId: string): string => eventId.replaceAll(/[^A-Za-z0-9\-/_]/g, "-").slice(0, 128);

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

const withPayload = (target: Target, event: StartEvent, bucket: string) => {
  const inline = taskOverrides(target, [variable("EVENT_PAYLOAD", event.payload)]);
  if (sizeOf(inline) <= overridesLimit) return { overrides: inline };

  const payload = payloadOf(event.payload);
  const byReference = taskOverrides(target, [
    variable("EVENT_PAYLOAD_REF", `s3://${bucket}/${payload.key}`),
    variable("EVENT_PAYLOAD_SHA256", payload.sha256),
  ]);
  const size = sizeOf(byReference);
  if (size <= overridesLimit) return { overrides: byReference, payload };
  throw new Rejection(
    "OverridesTooLong",
    `detail.command, detail.environment: ${size} bytes of overrides; ECS takes ${overridesLimit}`,
  );
};

export type Launch = {
  request: RunTaskCommandInput;
  /** To be stored before the launch, when the event is too long to go inline. */
  payload?: Payload;
};

/**
 * The launch of an event: a pure function of event and route, because ECS answers `ConflictException` to
 * a token that comes back with anything changed.
 * @throws Rejection when the overrides are too long even without the payload
 */
export const launchOf = (event: StartEvent, target: Target, payloadBucket: string): Launch => {
  const { service, route, overrides } = target;
  const started = startedBy(event.id);
  const { overrides: ecsOverrides, payload } = withPayload(target, event, payloadBucket);
  const request: RunTaskCommandInput = {
    cluster: route.cluster,
    taskDefinition: overrides.taskDefinition ?? route.family,
    count: 1,
    launchType: "FARGATE",
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: overrides.subnets ?? route.subnets,
        securityGroups: overrides.securityGroups ?? route.securityGroups,
        assignPublicIp: route.assignPublicIp ? "ENABLED" : "DISABLED",
      },
    },
    clientToken: clientToken(event.id, service),
    group: groupOf(service),
    startedBy: started,
    propagateTags: "TASK_DEFINITION",
    tags: [
      { key: "event-id", value: started },
      { key: "service", value: service },
    ],
    overrides: ecsOverrides,
  };
  return payload ? { request, payload } : { request };
};
