import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createClientConfig } from "../shared/aws";
import { parseEnvironment } from "../shared/schema";
import { createSendMessage } from "../shared/send-message";
import { registerTargetsEnvironment } from "./environment";
import { createRegisterTargets } from "./register-targets";

const environment = parseEnvironment(registerTargetsEnvironment, process.env);
const config = createClientConfig();

export const handler = createRegisterTargets({
  ecs: new ECSClient(config),
  elb: new ElasticLoadBalancingV2Client(config),
  sendMessage: createSendMessage(config),
  environment,
  now: Date.now,
  sleep,
});
