import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Result } from "../handlers/start-task/result";
import { checkServices, findDeployment } from "./deployment";
import { invoke } from "./invoke";
import { addCommonOptions, type CommonOptions, print } from "./options";

export const startCommand = addCommonOptions(
  new Command("start").description("Start one task of a service.").argument("<service>"),
).action(async (service: string, options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  checkServices(deployment, [service]);
  const result = (await invoke(lambda, deployment.startFunction, {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Start ECS Task",
    time: new Date().toISOString(),
    detail: { service },
  })) as Result;
  if ("rejected" in result) throw new Error(result.rejected);
  print(options, result, [`${service}: ${describeResult(result)}`]);
});

function describeResult(result: Exclude<Result, { rejected: string }>): string {
  if ("taskArn" in result) return `started ${result.taskArn}`;
  // The result of a launcher that waits has the address of the task.
  if ("body" in result)
    return result.statusCode === 202
      ? `waits for a container instance, ${result.body.taskArn}`
      : `runs at ${result.body.privateIp}:${result.body.port}, ${result.body.taskArn}`;
  return "ignored" in result ? result.ignored : `will be launched later (${result.handedOn})`;
}
