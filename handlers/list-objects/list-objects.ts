import type { Context } from "aws-lambda";
import * as v from "valibot";
import type { Database } from "../../scan-database";
import { createAwsJsonCall } from "../shared/aws-json-call";
import { nameOfError } from "../shared/failures";
import { createInvokeAsync, type InvokeAsync } from "../shared/invoke-async";
import { createLog, toErrorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import { scanService } from "../shared/scan-metrics";
import { describeIssues } from "../shared/schema";
import type { Connection } from "../shared/signed-requests";
import { isUuid } from "../shared/uuid";
import type { ListObjectsContext } from "./context";
import type { ListObjectsSettings } from "./environment";
import { createListJob, type Listing } from "./list-job";
import { createListPage } from "./list-page";
import { createCountMessages } from "./messages-waiting";
import { createSendObjects } from "./send-objects";
import { createSweep, type Sweep } from "./sweep";
import { createWakeService } from "./wake-service";

export type ListObjectsParts = {
  database: Database;
  connection: Connection;
  /** Default: through the connection. */
  invokeAsync?: InvokeAsync;
  environment: ListObjectsSettings;
  now: () => number;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

const jobEvent = v.object({ job_id: v.pipe(v.string(), v.check(isUuid, "expected a UUID")) });
const sweepEvent = v.object({ sweep: v.literal(true) });

export type ListObjectsInvocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/**
 * The function `list-objects`: lists the bucket of a job (`{"job_id": "…"}`), or corrects what was left behind
 * (`{"sweep": true}`, by schedule).
 */
export const createListObjects = (parts: ListObjectsParts) => {
  const { database, connection, environment, now, write = writeToStdout } = parts;
  const { invokeAsync = createInvokeAsync(connection) } = parts;
  const log = createLog(environment.LOG_LEVEL, write);
  const sqs = createAwsJsonCall("sqs", connection);
  const ecs = createAwsJsonCall("ecs", connection);
  const shared = {
    database,
    sendObjects: createSendObjects(sqs, environment.SQS_QUEUE_URL, database),
    wakeService: createWakeService(ecs, environment.ECS_CLUSTER, environment.ECS_SERVICE),
  };
  const listJob = createListJob({ ...shared, listPage: createListPage(connection) });
  const sweep = createSweep({
    ...shared,
    countMessages: createCountMessages(sqs, environment.SQS_QUEUE_URL),
    environment,
  });

  const handle = async (event: unknown, context: ListObjectsContext): Promise<Listing | Sweep> => {
    if (v.is(sweepEvent, event)) return sweep(context);
    const job = v.safeParse(jobEvent, event);
    if (job.success) return listJob(job.output.job_id, context);
    throw new Error(`event: expected {"job_id"} or {"sweep": true}: ${describeIssues(job.issues, "event")}`);
  };

  return async (event: unknown, invocation: ListObjectsInvocation): Promise<Listing | Sweep> => {
    const emit = createMetricsEmitter(invocation.functionName, now, write);
    try {
      return await handle(event, {
        log,
        emit,
        remainingMs: () => invocation.getRemainingTimeInMillis(),
        invokeSelf: (next) => invokeAsync(invocation.invokedFunctionArn, JSON.stringify(next)),
        isAwake: false,
      });
    } catch (error) {
      log.error("invocation failed", { requestId: invocation.awsRequestId, ...toErrorFields(error) });
      emit([{ name: "Failures", value: 1, unit: "Count", service: scanService, reason: nameOfError(error) }]);
      throw error;
    }
  };
};
