import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Report } from "../handlers/register-targets/report";
import { findDeployment } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { formatReports } from "./registrar";
import { stopTasks } from "./stop-tasks";

export const stopCommand = addCommonOptions(
  new Command("stop")
    .description(
      "Stop all tasks of services, or single tasks: targets are deregistered and drain first, then ECS stops the tasks.",
    )
    .argument("<service-or-task...>", "services, or ids of tasks as `status` shows them"),
).action(async (names: string[], options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  const services = await stopTasks({ lambda, ecs: new ECSClient() }, deployment, names);
  print(options, { services }, formatReports(services, describeReport, "no running tasks"));
});

const describeReport = ({ stopped, draining }: Report): string[] => [
  ...(stopped.length > 0 ? [`${formatCount(stopped.length, "task")} stopping`] : []),
  ...(draining.length > 0
    ? [`${formatCount(draining.length, "task")} draining, will be stopped after that`]
    : []),
];
