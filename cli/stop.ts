import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Report } from "../handlers/register-targets/report";
import { checkServices, findDeployment } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { formatReports, invokeRegistrar } from "./registrar";

export const stopCommand = addCommonOptions(
  new Command("stop")
    .description(
      "Stop all tasks of the services: deregister their targets, let them drain, then stop the tasks.",
    )
    .argument("<service...>"),
).action(async (names: string[], options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  checkServices(deployment, names);
  const services = await invokeRegistrar(lambda, deployment, {
    id: randomUUID(),
    source: "cdktf-event-driven-ecs",
    "detail-type": "Stop ECS Tasks",
    time: new Date().toISOString(),
    detail: { services: names },
  });
  print(options, { services }, formatReports(services, describeReport, "no running tasks"));
});

const describeReport = ({ stopped, draining }: Report): string[] => [
  ...(stopped.length > 0 ? [`${formatCount(stopped.length, "task")} stopping`] : []),
  ...(draining.length > 0
    ? [`${formatCount(draining.length, "task")} draining, will be stopped after that`]
    : []),
];
