import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../shared/aws";
import { createBucket } from "../shared/bucket";
import { createInvokeAsync } from "../shared/invoke-async";
import { parseEnvironment } from "../shared/schema";
import { startTaskEnvironment } from "./environment";
import { createStartTask } from "./start-task";

const environment = parseEnvironment(startTaskEnvironment, process.env);
const config = clientConfig();

export const handler = createStartTask({
  ecs: new ECSClient(config),
  elb: new ElasticLoadBalancingV2Client(config),
  sqs: new SQSClient(config),
  bucket: createBucket(environment.PAYLOAD_BUCKET, config),
  invokeAsync: createInvokeAsync(config),
  environment,
  // Not with the SDK's clock offset: it comes from a header of whole seconds, and a task that an event launched less
  // than a second ago would pass for a new one. Lambda keeps its clock within milliseconds of AWS's.
  now: Date.now,
  sleep,
});
