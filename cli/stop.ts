import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Report } from "../handlers/register-targets/report";
import { checkServices, findDeployment } from "./deployment";
import { type CommonOptions, counted, print, withCommonOptions } from "./options";
import { askRegistrar, linesFor } from "./registrar";

export const stopCommand = withCommonOptions(
  new Command("stop")
    .description("Stop every task of the services: deregister, let the targets drain, then stop.")
    .argument("<service...>"),
).action(async (names: string[], options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  checkServices(deployment, names);
  const services = await askRegistrar(lambda, deployment, {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Stop ECS Tasks",
    time: new Date().toISOString(),
    detail: { services: names },
  });
  print(options, { services }, linesFor(services, sentence, "nothing runs"));
});

const sentence = ({ stopped, draining }: Report): string[] => [
  ...(stopped.length > 0 ? [`${counted(stopped.length, "task")} told to stop`] : []),
  ...(draining.length > 0
    ? [`${counted(draining.length, "task")} out of the load balancer, to be stopped when drained`]
    : []),
];
