import type { KeyValuePair, TaskOverride } from "@aws-sdk/client-ecs";
import { PermanentError } from "../shared/failures";
import { createPayload, type Payload } from "../shared/payload";
import type { PayloadVariables, ResolvedLaunch } from "./launch";

/**
 * RunTask accepts 8,192 characters of overrides, JSON punctuation included (API reference of RunTask, `overrides`).
 * Counted in bytes, which are never fewer, because ECS does not document how it counts characters beyond ASCII.
 */
const maxOverridesBytes = 8192;
const measureBytes = (overrides: unknown): number => Buffer.byteLength(JSON.stringify(overrides));

const createVariable = (name: string, value: string): KeyValuePair => ({ name, value });

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
 * The overrides of RunTask. They contain the payload, or a reference when it is too long.
 * @param text the payload, as JSON
 * @returns `payload` to store in the bucket before the launch, when it is too long
 * @throws PermanentError when the overrides are too long even with a reference
 */
export const createTaskOverrides = (
  resolved: ResolvedLaunch,
  text: string,
  variables: PayloadVariables,
  attempt: number,
  bucket: string,
): { overrides: TaskOverride; payload?: Payload } => {
  const attemptVariables = attempt > 1 ? [createVariable("LAUNCH_ATTEMPT", String(attempt))] : [];
  if (text.length <= maxOverridesBytes) {
    const inline = createOverrides(resolved, [createVariable(variables.text, text), ...attemptVariables]);
    if (measureBytes(inline) <= maxOverridesBytes) return { overrides: inline };
  }

  const payload = createPayload(text);
  const byReference = createOverrides(resolved, [
    createVariable(variables.reference, `s3://${bucket}/${payload.key}`),
    createVariable(variables.sha256, payload.sha256),
    ...attemptVariables,
  ]);
  const size = measureBytes(byReference);
  if (size <= maxOverridesBytes) return { overrides: byReference, payload };
  throw new PermanentError(
    "OverridesTooLong",
    `detail.command, detail.environment: ${size} bytes of overrides; ECS allows ${maxOverridesBytes}`,
  );
};
