import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { readAccount } from "../launch/environment";
import { createClientConfig } from "../shared/aws";
import { createBucket } from "../shared/bucket";
import { createInvokeAsync } from "../shared/invoke-async";
import { parseEnvironment } from "../shared/schema";
import { createSendMessage } from "../shared/send-message";
import { createVersionedBucket } from "../shared/versioned-bucket";
import { runPolicyEnvironment } from "./environment";
import { createRunPolicy } from "./run-policy";

const environment = parseEnvironment(runPolicyEnvironment, process.env);
const config = createClientConfig();
const owner = readAccount(environment.DEAD_LETTER_QUEUE_URL);

export const handler = createRunPolicy({
  ecs: new ECSClient(config),
  sendMessage: createSendMessage(config),
  bucket: createBucket(environment.PAYLOAD_BUCKET, config, owner),
  cooldownBucket: createVersionedBucket(environment.PAYLOAD_BUCKET, config, owner),
  policies: createVersionedBucket(environment.POLICY_BUCKET, config),
  invokeAsync: createInvokeAsync(config),
  environment,
  now: Date.now,
  sleep,
});
