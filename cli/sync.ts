import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Report } from "../handlers/register-targets/report";
import { formatTarget } from "../handlers/shared/task-target";
import { findDeployment } from "./deployment";
import { type CommonOptions, counted, print, withCommonOptions } from "./options";
import { askRegistrar, linesFor } from "./registrar";

export const syncCommand = withCommonOptions(
  new Command("sync").description("Make every target group equal to the running tasks, now."),
).action(async (options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  const services = await askRegistrar(lambda, deployment, { "detail-type": "Sweep" });
  print(options, { services }, linesFor(services, sentence, "nothing to repair"));
});

const sentence = ({ registered, deregistered, stopped, draining }: Report): string[] => [
  ...(registered.length > 0 ? [`registered ${registered.map(formatTarget).join(", ")}`] : []),
  ...(deregistered.length > 0 ? [`deregistered ${deregistered.map(formatTarget).join(", ")}`] : []),
  ...(stopped.length > 0 ? [`${counted(stopped.length, "task")} told to stop`] : []),
  ...(draining.length > 0 ? [`${counted(draining.length, "task")} to be stopped when drained`] : []),
];
