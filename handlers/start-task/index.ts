import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { readAccount } from "../launch/environment";
import { createClientConfig } from "../shared/aws";
import { createBucket } from "../shared/bucket";
import { createInvokeAsync } from "../shared/invoke-async";
import { parseEnvironment } from "../shared/schema";
import { createSendMessage } from "../shared/send-message";
import { startTaskEnvironment } from "./environment";
import { createStartTask } from "./start-task";

const environment = parseEnvironment(startTaskEnvironment, process.env);
const config = createClientConfig();

export const handler = createStartTask({
  ecs: new ECSClient(config),
  elb: new ElasticLoadBalancingV2Client(config),
  sendMessage: createSendMessage(config),
  bucket: createBucket(environment.PAYLOAD_BUCKET, config, readAccount(environment.DEAD_LETTER_QUEUE_URL)),
  invokeAsync: createInvokeAsync(config),
  environment,
  // Without the SDK's clock offset, which is measured in whole seconds: a task that was launched less than a second ago
  // would not be recognized as a duplicate. Lambda's clock is accurate to milliseconds.
  now: Date.now,
  sleep,
});
