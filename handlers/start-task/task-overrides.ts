import type { KeyValuePair, TaskOverride } from "@aws-sdk/client-ecs";
import type { LaunchVariable } from "../../container-contract/launch-environment";
import { PermanentError } from "../shared/failures";
import { createPayload, type Payload } from "../shared/payload";
import type { StartEvent } from "./event";
import type { ResolvedLaunch } from "./resolve-launch";

/**
 * RunTask accepts 8,192 characters of overrides, JSON punctuation included (API reference of RunTask, `overrides`).
 * Counted in bytes, which are never fewer, because ECS does not document how it counts characters beyond ASCII.
 */
const maxOverridesBytes = 8192;
const measureBytes = (overrides: unknown): number => Buffer.byteLength(JSON.stringify(overrides));

const createVariable = (name: LaunchVariable, value: string): KeyValuePair => ({ name, value });

const createOverrides = (
  { route, overrides }: ResolvedLaunch,
  launchVariables: KeyValuePair[],
): TaskOverride => ({
  containerOverrides: [
    {
      name: route.container,
      environment: [
        ...Object.entries(overrides.environment ?? {}).map(([name, value]) => ({ name, value })),
        ...(overrides.port === undefined ? [] : [{ name: "PORT", value: String(overrides.port) }]),
        ...launchVariables,
      ],
      ...(overrides.command && { command: overrides.command }),
    },
  ],
  ...(overrides.cpu && { cpu: overrides.cpu }),
  ...(overrides.memory && { memory: overrides.memory }),
});

/**
 * The overrides of RunTask. They contain the event, or a reference when the event is too long.
 * @returns `payload` to store in the bucket before the launch, when the event is too long
 * @throws PermanentError when the overrides are too long even with a reference
 */
export const createTaskOverrides = (
  resolved: ResolvedLaunch,
  event: StartEvent,
  attempt: number,
  bucket: string,
): { overrides: TaskOverride; payload?: Payload } => {
  const attemptVariables = attempt > 1 ? [createVariable("LAUNCH_ATTEMPT", String(attempt))] : [];
  if (event.payload.length <= maxOverridesBytes) {
    const inline = createOverrides(resolved, [
      createVariable("EVENT_PAYLOAD", event.payload),
      ...attemptVariables,
    ]);
    if (measureBytes(inline) <= maxOverridesBytes) return { overrides: inline };
  }

  const payload = createPayload(event.payload);
  const byReference = createOverrides(resolved, [
    createVariable("EVENT_PAYLOAD_REF", `s3://${bucket}/${payload.key}`),
    createVariable("EVENT_PAYLOAD_SHA256", payload.sha256),
    ...attemptVariables,
  ]);
  const size = measureBytes(byReference);
  if (size <= maxOverridesBytes) return { overrides: byReference, payload };
  throw new PermanentError(
    "OverridesTooLong",
    `detail.command, detail.environment: ${size} bytes of overrides; ECS allows ${maxOverridesBytes}`,
  );
};
