import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { alignColumns } from "./columns";
import { countLetters, formatCounts } from "./dead-letters/count-letters";
import { createQueueClients } from "./dead-letters/find-queues";
import { type Deployment, findDeployment } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { type Run, readLastRuns } from "./run-history";
import { readServiceStatus, type ServiceStatus } from "./service-status";

export const statusCommand = addCommonOptions(
  new Command("status").description(
    "Show the tasks, targets and last runs of each service, and which are out of sync. Exits with 1 if a service is out of sync.",
  ),
).action(async (options: CommonOptions) => {
  const deployment = await findDeployment(new LambdaClient(), options.name);
  const clients = { ecs: new ECSClient(), elb: new ElasticLoadBalancingV2Client(), now: Date.now() };
  const lastRuns = await readLastRunsOf(deployment, clients.now);
  const services: ServiceWithRuns[] = [];
  for (const [service, route] of Object.entries(deployment.routes)) {
    const status = await readServiceStatus(clients, service, route);
    services.push({ ...status, lastRuns: (lastRuns.get(service) ?? []).slice(0, shownRuns) });
  }
  const deadLetters = await countLetters(createQueueClients(), deployment.name);
  print(options, { name: deployment.name, services, deadLetters }, [
    ...formatStatus(deployment, services),
    formatCounts(deadLetters),
  ]);
  if (services.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
});

type ServiceWithRuns = ServiceStatus & { lastRuns: Run[] };

/** How many of its runs are shown of a service, and how far back they are looked for. */
const shownRuns = 5;
const runsSinceMs = 24 * 3_600_000;

/** None, with a note, if the run history cannot be read: the status is worth more than its runs. */
async function readLastRunsOf({ routes, runHistory }: Deployment, now: number): Promise<Map<string, Run[]>> {
  try {
    return await readLastRuns(new CloudWatchLogsClient(), {
      routes,
      runHistory,
      startTime: now - runsSinceMs,
    });
  } catch (error) {
    process.stderr.write(`The last runs are not shown: ${error instanceof Error ? error.message : error}\n`);
    return new Map();
  }
}

function formatStatus(
  { name, region, registrarFunction }: Deployment,
  services: readonly ServiceWithRuns[],
): string[] {
  const outOfSync = services.filter(({ problems }) => problems.length > 0).length;
  const hint = registrarFunction === undefined ? "" : " `sync` reconciles targets with running tasks.";
  return [
    `Launcher ${name} in ${region}`,
    "",
    ...services.flatMap((service) => [...formatService(service), ...formatLastRuns(service)]),
    "",
    outOfSync === 0
      ? "All services are in sync."
      : `${formatCount(outOfSync, "service")} of ${services.length} out of sync.${hint}`,
  ];
}

function formatService({ service, tasks, targets, problems }: ServiceStatus): string[] {
  const rows = [
    ...tasks.map(({ taskId, status, ageSeconds, target }) => [
      "task",
      taskId,
      target ?? "",
      status,
      formatAge(ageSeconds),
    ]),
    ...targets.map(({ target, health, reason }) => [
      "target",
      "",
      target,
      reason === null ? health : `${health} (${reason})`,
    ]),
  ];
  return [
    rows.length === 0 ? `${service}: no running tasks` : service,
    ...alignColumns(rows).map((line) => `  ${line}`),
    ...problems.map((problem) => `  ! ${problem}`),
  ];
}

function formatLastRuns({ lastRuns }: ServiceWithRuns): string[] {
  if (lastRuns.length === 0) return [];
  const runs = lastRuns.map(({ outcome, exitCode, endedAt }) => {
    const code = exitCode === null || exitCode === 0 ? "" : ` with exit code ${exitCode}`;
    const age = Math.max(0, Math.round((Date.now() - Date.parse(endedAt ?? "")) / 1000));
    return `${outcome}${code} ${formatAge(age)} ago`;
  });
  return [`  last runs: ${runs.join(", ")}`];
}

function formatAge(total: number): string {
  const minutes = Math.floor(total / 60);
  if (minutes === 0) return `${total} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
