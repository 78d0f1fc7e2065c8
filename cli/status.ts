import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { type Deployment, findDeployment } from "./deployment";
import { type CommonOptions, counted, print, withCommonOptions } from "./options";
import { type ServiceStatus, serviceStatus } from "./service-status";

export const statusCommand = withCommonOptions(
  new Command("status").description(
    "Show each service's tasks and targets, and what of them does not match. Ends with 1 when something does not.",
  ),
).action(async (options: CommonOptions) => {
  const deployment = await findDeployment(new LambdaClient(), options.name);
  const clients = { ecs: new ECSClient(), elb: new ElasticLoadBalancingV2Client(), now: Date.now() };
  const services: ServiceStatus[] = [];
  for (const [service, route] of Object.entries(deployment.routes)) {
    services.push(await serviceStatus(clients, service, route));
  }
  print(options, { name: deployment.name, services }, lines(deployment, services));
  if (services.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
});

function lines(
  { name, region, registrarFunction }: Deployment,
  services: readonly ServiceStatus[],
): string[] {
  const bad = services.filter(({ problems }) => problems.length > 0).length;
  const repair = registrarFunction === undefined ? "" : " `sync` makes targets equal to running tasks.";
  return [
    `Launcher ${name} in ${region}`,
    "",
    ...services.flatMap(linesOf),
    "",
    bad === 0
      ? "Everything matches."
      : `${counted(bad, "service")} of ${services.length} not as it should be.${repair}`,
  ];
}

function linesOf({ service, tasks, targets, problems }: ServiceStatus): string[] {
  const rows = [
    ...tasks.map(({ taskId, status, ageSeconds, target }) => [
      "task",
      taskId,
      target ?? "",
      status,
      age(ageSeconds),
    ]),
    ...targets.map(({ target, health, reason }) => [
      "target",
      "",
      target,
      reason === null ? health : `${health} (${reason})`,
    ]),
  ];
  return [
    rows.length === 0 ? `${service}: nothing runs` : service,
    ...inColumns(rows),
    ...problems.map((problem) => `  ! ${problem}`),
  ];
}

function inColumns(rows: readonly string[][]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join("  ")}`.trimEnd());
}

function age(total: number): string {
  const minutes = Math.floor(total / 60);
  if (minutes === 0) return `${total} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
