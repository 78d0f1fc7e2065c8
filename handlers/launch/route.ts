import * as v from "valibot";
import { requiredText } from "../shared/schema";
import { overridable } from "./overridable";

/** The fields of a launch route: how a service's tasks are launched. */
export const routeFields = v.strictObject({
  /** Name or ARN. */
  cluster: requiredText,
  /** Family of the task definition; its newest active revision is launched. */
  family: requiredText,
  /** The container that gets the payload and the overrides. */
  container: requiredText,
  /** Empty when tasks use the network of their container instance. */
  subnets: v.array(requiredText),
  securityGroups: v.array(requiredText),
  assignPublicIp: v.optional(v.literal(true)),
  port: v.optional(v.number()),
  /** Absent: no overrides. */
  allowOverrides: v.optional(v.array(v.picklist(overridable)), []),
  /** ARN of the target group in which a waiting function registers the task. */
  targetGroup: v.optional(requiredText),
  targetType: v.optional(v.picklist(["ip", "instance"])),
  /** Absent: awsvpc. */
  networkMode: v.optional(v.picklist(["awsvpc", "bridge", "host"])),
  /** FARGATE, FARGATE_SPOT, EC2, CLUSTER_DEFAULT, or the name of a capacity provider of the cluster. Absent: FARGATE. */
  capacity: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_-]{1,255}$/, "expected a launch type or the name of a capacity provider"),
    ),
  ),
  /** What to do when a task fails. Absent: only the alarm. */
  onFailure: v.optional(
    v.variant("action", [
      v.object({ action: v.literal("alarm") }),
      v.object({ action: v.literal("dead_letter") }),
      v.object({
        action: v.literal("retry"),
        /** Number of attempts, the first one included. */
        maxAttempts: v.number(),
        /** Delay before the second attempt. It doubles for each further attempt, up to 900. */
        backoffSeconds: v.number(),
      }),
    ]),
  ),
  /** Retries of an interrupted task. Absent: 3. */
  interruptionRetries: v.optional(v.number()),
  /** ECS Exec can open a shell in the task. Absent: it cannot. */
  enableExecuteCommand: v.optional(v.literal(true)),
  /** Containers whose exit codes decide whether the task succeeded. Absent: the container that gets the payload. */
  essential: v.optional(v.array(requiredText)),
  /** EBS volume that ECS creates for each task: its name in the task definition, and its settings as RunTask takes them. */
  ebsVolume: v.optional(
    v.strictObject({
      name: requiredText,
      roleArn: requiredText,
      sizeInGiB: v.optional(v.number()),
      volumeType: requiredText,
      iops: v.optional(v.number()),
      throughput: v.optional(v.number()),
      encrypted: v.boolean(),
      kmsKeyId: v.optional(requiredText),
      snapshotId: v.optional(requiredText),
      filesystemType: v.picklist(["ext3", "ext4", "xfs"]),
    }),
  ),
});

/** The schema of a launch route. */
export const launchRoute = v.pipe(
  routeFields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { networkMode = "awsvpc", subnets } = dataset.value;
    if (networkMode !== "awsvpc" || subnets.length > 0) return;
    addIssue({
      message: "expected at least one subnet",
      input: subnets,
      path: [{ type: "object", origin: "value", input: dataset.value, key: "subnets", value: subnets }],
    });
  }),
);
export type Route = v.InferOutput<typeof launchRoute>;
export type Routes = Readonly<Record<string, Route>>;
