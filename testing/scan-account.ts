import { Readable } from "node:stream";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createListObjects, type ListObjectsParts } from "../handlers/list-objects/list-objects";
import { VirtualClock } from "../local/clock";
import { createLocalAws } from "../local/create-local-aws";
import type { Database } from "../scan-database";
import { receiveAll } from "./receive-all";
import { bucketOf, errorXml, listingXml, type SimulatedBucket } from "./simulated-bucket";

type SdkRequest = {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: unknown;
};
type Answer = { status: number; body: string };

/** What ECS, S3 or SQS answers instead; undefined: as always. */
export type Intercept = (
  service: string,
  action: string,
  input: Record<string, unknown>,
) => Answer | undefined;

const serviceOf = ({ headers }: SdkRequest): string =>
  /Credential=[^/]+\/\d+\/[\w-]+\/(\w+)\//.exec(headers.authorization ?? "")?.[1] ?? "";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:list-objects";

/**
 * The function list-objects with a queue of local AWS, and beside it what local AWS in process has not: a bucket to list, an
 * ECS service, and asynchronous invocations, which are recorded.
 */
export const createScanAccount = async (
  database: Database,
  {
    bucket = bucketOf([]),
    intercept = () => undefined,
    environment = {},
  }: {
    bucket?: SimulatedBucket;
    intercept?: Intercept;
    environment?: Partial<ListObjectsParts["environment"]>;
  } = {},
) => {
  const local = createLocalAws({ clock: new VirtualClock() });
  const sqs = new SQSClient({ ...local.clientConfig, requestHandler: local.requestHandler() });
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "scan-jobs" }));
  const lines: Record<string, unknown>[] = [];
  const invocations: unknown[] = [];
  const calls: string[] = [];
  const service = { desiredCount: 0 };
  const real = local.requestHandler();
  const state = { bucket, intercept };

  const answerEcs = (action: string, { desiredCount }: Record<string, unknown>): Answer => {
    if (action === "UpdateService") service.desiredCount = Number(desiredCount);
    return {
      status: 200,
      body: JSON.stringify({ services: [{ status: "ACTIVE", ...service }], failures: [] }),
    };
  };

  const answer = (request: SdkRequest): Answer | undefined => {
    const name = serviceOf(request);
    const action =
      name === "s3" ? "ListObjectsV2" : (request.headers["x-amz-target"]?.split(".").at(-1) ?? "Invoke");
    const { query = {} } = request;
    const input = name === "s3" ? query : JSON.parse(String(request.body));
    calls.push(`${name}:${action}`);
    const intercepted = state.intercept(name, action, input);
    if (intercepted) return intercepted;
    if (name === "s3") {
      const body = listingXml(state.bucket, query.prefix ?? "", query["start-after"] ?? "");
      return { status: 200, body };
    }
    if (name === "ecs") return answerEcs(action, input);
    if (name !== "lambda") return undefined;
    invocations.push(input);
    return { status: 202, body: "" };
  };

  const requestHandler = {
    handle: async (request: SdkRequest) => {
      const found = answer(request);
      if (found === undefined) return real.handle(request as never);
      const { status, body } = found;
      return { response: { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) } };
    },
  };

  const handler = createListObjects({
    database,
    connection: { ...local.clientConfig, requestHandler: requestHandler as never, sleep: async () => {} },
    environment: {
      DB_HOST: "db",
      DB_PORT: 5432,
      DB_NAME: "scans",
      DB_SECRET_ARN: "arn",
      SQS_QUEUE_URL: QueueUrl,
      ECS_CLUSTER: "scanner",
      ECS_SERVICE: "scanner-worker",
      MAX_ATTEMPTS: 3,
      LOST_MESSAGE_MINUTES: 15,
      RESEND_AFTER_HOURS: 24,
      LOG_LEVEL: "INFO",
      ...environment,
    },
    now: Date.now,
    write: (line) => lines.push(JSON.parse(line)),
  });

  return {
    clock: local.clock,
    state,
    service,
    calls,
    invocations,
    lines,
    sqs,
    queueUrl: QueueUrl,
    /** @param remainingMs time that is left at each look, or always */
    invoke: (event: unknown, remainingMs: number | (() => number) = 900_000) =>
      handler(event, {
        awsRequestId: "request-1",
        functionName: "list-objects",
        invokedFunctionArn: functionArn,
        getRemainingTimeInMillis: () => (typeof remainingMs === "number" ? remainingMs : remainingMs()),
      }),
    /** Object ids of the messages in the queue, which is empty afterwards. */
    receive: async (): Promise<number[]> =>
      (await receiveAll(sqs, QueueUrl)).map((body) => {
        const { object_id } = JSON.parse(body) as { object_id: unknown };
        if (typeof object_id !== "string") throw new Error(`object_id is no text: ${body}`);
        return Number(object_id);
      }),
    countMessages: async (): Promise<number> => {
      const names = ["ApproximateNumberOfMessages" as const];
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages);
    },
    purge: () => sqs.send(new PurgeQueueCommand({ QueueUrl })),
    metric: (name: string) => lines.filter((line) => Object.hasOwn(line, name)).map((line) => line[name]),
  };
};

export { bucketOf, errorXml };
