import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { findDeployment } from "./deployment";
import { type CommonOptions, withCommonOptions } from "./options";
import { type ServiceStatus, serviceStatus } from "./service-status";

export const statusCommand = withCommonOptions(
  new Command("status").description(
    "Show each service's tasks and targets, and what of them does not match. Ends with 1 when something does not.",
  ),
).action(async ({ name, json }: CommonOptions) => {
  const deployment = await findDeployment(new LambdaClient(), name);
  const clients = { ecs: new ECSClient(), elb: new ElasticLoadBalancingV2Client(), now: Date.now() };
  const services: ServiceStatus[] = [];
  for (const [service, route] of Object.entries(deployment.routes)) {
    services.push(await serviceStatus(clients, service, route));
  }
  const report = { name: deployment.name, services };
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : text(report));
  if (services.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
});

function text({ services }: { services: readonly ServiceStatus[] }): string {
  return services
    .map(({ service, tasks, targets, problems }) =>
      [
        service,
        ...tasks.map(
          ({ taskId, status, ageSeconds, target }) =>
            `  task    ${taskId}  ${age(ageSeconds).padStart(7)}  ${target ?? "no address yet"}  ${status}`,
        ),
        ...targets.map(
          ({ target, health, reason }) =>
            `  target  ${target}  ${health}${reason === null ? "" : ` (${reason})`}`,
        ),
        ...(tasks.length + targets.length === 0 ? ["  nothing runs"] : []),
        ...problems.map((problem) => `  ! ${problem}`),
        "",
      ].join("\n"),
    )
    .join("\n");
}

function age(total: number): string {
  const minutes = Math.floor(total / 60);
  if (minutes === 0) return `${total} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
