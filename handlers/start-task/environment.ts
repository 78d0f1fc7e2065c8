import * as v from "valibot";
import { logLevel } from "../shared/log";
import { packedRoutes } from "../shared/routes";
import { setting } from "../shared/schema";
import { overridable } from "./overridable";

const fields = v.strictObject({
  /** Name or ARN. */
  cluster: setting,
  /** Family of the task definition; its newest active revision is launched. */
  family: setting,
  /** The container that gets the payload and the overrides. */
  container: setting,
  /** None where tasks share the network of their instance. */
  subnets: v.array(setting),
  securityGroups: v.array(setting),
  assignPublicIp: v.optional(v.literal(true)),
  port: v.optional(v.number()),
  /** Absent: an event may override nothing. */
  allowOverrides: v.optional(v.array(v.picklist(overridable)), []),
  /** ARN of the group that a waiting launch registers the task in. */
  targetGroup: v.optional(setting),
  targetType: v.optional(v.picklist(["ip", "instance"])),
  /** Absent: awsvpc. */
  networkMode: v.optional(v.picklist(["awsvpc", "bridge", "host"])),
  /** Absent: FARGATE. */
  capacity: v.optional(v.picklist(["FARGATE", "FARGATE_SPOT", "EC2"])),
  /** What the failure of a task means. Absent: an alarm. */
  onFailure: v.optional(
    v.variant("action", [
      v.object({ action: v.literal("alarm") }),
      v.object({ action: v.literal("dead_letter") }),
      v.object({
        action: v.literal("retry"),
        /** Launches in all, the first one included. */
        maxAttempts: v.number(),
        /** Before the second attempt; doubled for each one after it, 900 at most. */
        backoffSeconds: v.number(),
      }),
    ]),
  ),
  /** How often a task that was interrupted is launched again. Absent: 3 times. */
  interruptionRetries: v.optional(v.number()),
  /** Containers whose exit decides whether the task has succeeded. Absent: the one that gets the payload. */
  essential: v.optional(v.array(setting)),
});

const route = v.pipe(
  fields,
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
export type Route = v.InferOutput<typeof route>;
export type Routes = Readonly<Record<string, Route>>;

const whole = (unit: string) =>
  v.pipe(v.string(), v.regex(/^\d+$/, `expected whole ${unit}, such as "24"`), v.transform(Number));

/** The environment of the function `start-task`, beside what Lambda itself sets. */
export const startTaskEnvironment = v.object({
  ROUTES: packedRoutes(route),
  /** SQS queue for events that can never be launched. */
  DEAD_LETTER_QUEUE_URL: setting,
  /** S3 bucket for payloads too long to go inline, and for the records of launches. */
  PAYLOAD_BUCKET: setting,
  /** How long an event that was launched is not launched again. */
  DEDUPLICATION_WINDOW_HOURS: v.optional(whole("hours"), "24"),
  /** SQS queue that holds the events that EventBridge delivers until they can be launched. Absent: none is held. */
  BUFFER_QUEUE_URL: v.optional(setting),
  /** SQS queue that hands an event back after a delay. Needed when a route's `onFailure` is `retry`. */
  RETRY_QUEUE_URL: v.optional(setting),
  LOG_LEVEL: logLevel,
  /** Seconds to wait for a task to run. Absent: nothing is waited for. */
  TASK_WAIT_TIMEOUT: v.optional(whole("seconds")),
  /** What a waiting launch waits for: the task running, or its target healthy too. */
  WAIT_FOR: v.optional(v.picklist(["running", "healthy"]), "running"),
});

/** The variables as whoever deploys the function has to set them. */
export type StartTaskEnvironment = v.InferInput<typeof startTaskEnvironment>;

/** The variables as the function reads them. */
export type StartTaskSettings = v.InferOutput<typeof startTaskEnvironment>;
