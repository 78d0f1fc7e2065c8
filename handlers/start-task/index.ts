import { ECSClient } from "@aws-sdk/client-ecs";
import { SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../shared/aws";
import { createPayloads } from "../shared/payload";
import { parseEnvironment } from "../shared/schema";
import { startTaskEnvironment } from "./environment";
import { createStartTask } from "./start-task";

const environment = parseEnvironment(startTaskEnvironment, process.env);
const config = clientConfig();
const ecs = new ECSClient(config);

export const handler = createStartTask({
  ecs,
  sqs: new SQSClient(config),
  payloads: createPayloads(environment.PAYLOAD_BUCKET, config),
  environment,
  // The SDK notes how far this clock is from AWS's.
  now: () => Date.now() + ecs.config.systemClockOffset,
});
