import * as v from "valibot";
import { logLevel } from "../shared/log";
import { packedRoutesSchema } from "../shared/packed-routes";
import { requiredText } from "../shared/schema";
import { overridable } from "./overridable";

const fields = v.strictObject({
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
  /** Absent: FARGATE. */
  capacity: v.optional(v.picklist(["FARGATE", "FARGATE_SPOT", "EC2"])),
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

/** Environment variables of the function `start-task`, without those that Lambda sets. */
export const startTaskEnvironment = v.object({
  ROUTES: packedRoutesSchema(route),
  /** The DLQ: an SQS queue for events that failed. */
  DEAD_LETTER_QUEUE_URL: requiredText,
  /** S3 bucket for long payloads and for launch records. */
  PAYLOAD_BUCKET: requiredText,
  /** For how long a duplicate of an event is not launched again. */
  DEDUPLICATION_WINDOW_HOURS: v.optional(whole("hours"), "24"),
  /** SQS queue that buffers the events of EventBridge. Absent: no buffer. */
  BUFFER_QUEUE_URL: v.optional(requiredText),
  /** SQS queue for delayed retries. Required when `onFailure` of a launch route is `retry`. */
  RETRY_QUEUE_URL: v.optional(requiredText),
  LOG_LEVEL: logLevel,
  /** Seconds to wait until a task runs. Absent: the function does not wait. */
  TASK_WAIT_TIMEOUT: v.optional(whole("seconds")),
  /** Wait until the task runs, or until its target is healthy too. */
  WAIT_FOR: v.optional(v.picklist(["running", "healthy"]), "running"),
});

/** The variables as they are deployed. */
export type StartTaskEnvironment = v.InferInput<typeof startTaskEnvironment>;

/** The variables as the function reads them. */
export type StartTaskSettings = v.InferOutput<typeof startTaskEnvironment>;
