import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { alignColumns } from "./columns";
import { findHistory } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { type Run, readRuns } from "./run-history";
import { parseSince } from "./since";

type RunsOptions = CommonOptions & { since: number; failed?: boolean };

type Clients = { lambda: LambdaClient; ecs: ECSClient; logs: CloudWatchLogsClient };

/** The runs of a launcher that have ended in the last `since` ms. */
export async function listRuns(
  { lambda, ecs, logs }: Clients,
  { name, service, since, failed }: Omit<RunsOptions, "json"> & { service?: string | undefined },
): Promise<{ name: string; runs: Run[] }> {
  const history = await findHistory(lambda, name, service);
  const { runsFamily, logGroup } = history;
  const runs = await readRuns(logs, {
    functionLogGroup: logGroup,
    workerLogGroup: runsFamily === undefined ? undefined : await findLogGroup(ecs, runsFamily),
    startTime: Date.now() - since,
  });
  const isWanted = (run: Run) =>
    (service === undefined || run.service === service) && !(failed && run.outcome === "succeeded");
  return { name: history.name, runs: runs.filter(isWanted) };
}

export const runsCommand = addCommonOptions(
  new Command("runs")
    .description(
      "List the tasks and policy runs that have ended, with outcome, attempt, duration and reason.",
    )
    .argument("[service]", "only those of this service")
    .option("--since <time>", "how far back: 30m, 24h, 7d", parseSince, parseSince("24h"))
    .option("--failed", "only those that did not succeed"),
).action(async (service: string | undefined, options: RunsOptions) => {
  const clients = { lambda: new LambdaClient(), ecs: new ECSClient(), logs: new CloudWatchLogsClient() };
  const found = await listRuns(clients, { ...options, service });
  print(options, found, formatRuns(found.runs, options));
});

/** The log group of the family's newest revision. */
async function findLogGroup(ecs: ECSClient, family: string): Promise<string | undefined> {
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
  return taskDefinition?.containerDefinitions?.[0]?.logConfiguration?.options?.["awslogs-group"];
}

/** A line for each run, and how many they are. */
export function formatRuns(runs: readonly Run[], { failed }: Pick<RunsOptions, "failed"> = {}): string[] {
  if (runs.length === 0)
    return [failed ? "No task has failed in this time." : "No task has ended in this time."];
  const rows = runs.map((run) => [
    run.endedAt.replace("T", " ").slice(0, 19),
    run.service,
    run.outcome,
    run.attempt === null ? "" : `attempt ${run.attempt}`,
    run.seconds === null ? "" : `${run.seconds} s`,
    ...describe(run),
  ]);
  const bad = runs.filter(({ outcome }) => outcome !== "succeeded").length;
  return [
    ...alignColumns(rows),
    "",
    `${formatCount(runs.length, "run")}, ${bad} without success. Times are UTC.`,
  ];
}

function describe({
  finding,
  policy,
  mapping,
  resource,
  actionsTaken,
  eventId,
  task,
  reason,
}: Run): string[] {
  const what =
    finding === undefined
      ? [eventId ?? task]
      : [policy ?? mapping ?? "", resource ?? "account", ...describeActions(actionsTaken)];
  return [...what, ...(reason === null ? [] : [reason])];
}

const describeActions = (actionsTaken: number | undefined): string[] =>
  actionsTaken === undefined ? [] : [formatCount(actionsTaken, "action")];
