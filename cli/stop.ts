import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { checkServices, findDeployment } from "./deployment";
import { invoke } from "./invoke";
import { type CommonOptions, withCommonOptions } from "./options";
import { registrarOf } from "./registrar";

export const stopCommand = withCommonOptions(
  new Command("stop")
    .description("Stop every task of the services: deregister, let the targets drain, then stop.")
    .argument("<service...>"),
).action(async (services: string[], { name, json }: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, name);
  checkServices(deployment, services);
  const outcome = await invoke(lambda, registrarOf(deployment), {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Stop ECS Tasks",
    time: new Date().toISOString(),
    detail: { services },
  });
  process.stdout.write(`${json ? JSON.stringify(outcome) : JSON.stringify(outcome, null, 2)}\n`);
});
