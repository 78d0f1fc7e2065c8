import * as v from "valibot";
import { logLevel } from "../shared/log";
import { packedRoutes } from "../shared/routes";
import { overridable } from "./overridable";

const text = v.pipe(v.string(), v.nonEmpty("expected a value"));

const route = v.strictObject({
  /** Name or ARN. */
  cluster: text,
  /** Family of the task definition; its newest active revision is launched. */
  family: text,
  /** The container that gets the payload and the overrides. */
  container: text,
  subnets: v.pipe(v.array(text), v.nonEmpty("expected at least one subnet")),
  securityGroups: v.array(text),
  assignPublicIp: v.optional(v.literal(true)),
  port: v.optional(v.number()),
  /** Absent: an event may override nothing. */
  allowOverrides: v.optional(v.array(v.picklist(overridable)), []),
});
export type Route = v.InferOutput<typeof route>;
export type Routes = Readonly<Record<string, Route>>;

/** The environment of the function `start-task`, beside what Lambda itself sets. */
export const startTaskEnvironment = v.object({
  ROUTES: packedRoutes(route),
  /** SQS queue for events that can never be launched. */
  DEAD_LETTER_QUEUE_URL: text,
  /** S3 bucket for payloads too long to go inline. */
  PAYLOAD_BUCKET: text,
  LOG_LEVEL: logLevel,
});

/** The variables as whoever deploys the function has to set them. */
export type StartTaskEnvironment = v.InferInput<typeof startTaskEnvironment>;

/** The variables as the function reads them. */
export type StartTaskSettings = v.InferOutput<typeof startTaskEnvironment>;
