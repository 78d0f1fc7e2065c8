import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Result } from "../handlers/start-task/result";
import { checkServices, findDeployment } from "./deployment";
import { invoke } from "./invoke";
import { type CommonOptions, print, withCommonOptions } from "./options";

export const startCommand = withCommonOptions(
  new Command("start").description("Start one task of a service.").argument("<service>"),
).action(async (service: string, options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  checkServices(deployment, [service]);
  const outcome = (await invoke(lambda, deployment.startFunction, {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Start ECS Task",
    time: new Date().toISOString(),
    detail: { service },
  })) as Result;
  if ("rejected" in outcome) throw new Error(outcome.rejected);
  print(options, outcome, [`${service}: ${sentence(outcome)}`]);
});

function sentence(outcome: Exclude<Result, { rejected: string }>): string {
  if ("taskArn" in outcome) return `started ${outcome.taskArn}`;
  // A launcher that waits tells where the task is reached.
  if ("body" in outcome)
    return `runs at ${outcome.body.privateIp}:${outcome.body.port}, ${outcome.body.taskArn}`;
  return "ignored" in outcome ? outcome.ignored : `handed on (${outcome.handedOn})`;
}
