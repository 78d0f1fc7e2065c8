import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import type { Report } from "../handlers/register-targets/report";
import { formatTarget } from "../handlers/shared/task-target";
import { findDeployment } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { formatReports, invokeRegistrar } from "./registrar";

export const syncCommand = addCommonOptions(
  new Command("sync").description("Reconcile all target groups with the running tasks now."),
).action(async (options: CommonOptions) => {
  const lambda = new LambdaClient();
  const deployment = await findDeployment(lambda, options.name);
  const services = await invokeRegistrar(lambda, deployment, { "detail-type": "Sweep" });
  print(options, { services }, formatReports(services, describeReport, "in sync"));
});

const describeReport = ({ registered, deregistered, stopped, draining }: Report): string[] => [
  ...(registered.length > 0 ? [`registered ${registered.map(formatTarget).join(", ")}`] : []),
  ...(deregistered.length > 0 ? [`deregistered ${deregistered.map(formatTarget).join(", ")}`] : []),
  ...(stopped.length > 0 ? [`${formatCount(stopped.length, "task")} stopping`] : []),
  ...(draining.length > 0
    ? [`${formatCount(draining.length, "task")} draining, will be stopped after that`]
    : []),
];
