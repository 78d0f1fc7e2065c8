import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { checkServices, findDeployment } from "./deployment";
import { invoke } from "./invoke";
import { type CommonOptions, withCommonOptions } from "./options";

export const startCommand = withCommonOptions(
  new Command("start").description("Start one task of a service.").argument("<service>"),
).action(async (service: string, { name, json }: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, name);
  checkServices(deployment, [service]);
  const outcome = (await invoke(lambda, deployment.startFunction, {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Start ECS Task",
    time: new Date().toISOString(),
    detail: { service },
  })) as { taskArn?: string; rejected?: string };
  if (outcome.rejected !== undefined) throw new Error(outcome.rejected);
  process.stdout.write(json ? `${JSON.stringify(outcome)}\n` : `${service}: started ${outcome.taskArn}\n`);
});
