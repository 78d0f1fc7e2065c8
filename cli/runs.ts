import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { alignColumns } from "./columns";
import { findHistory } from "./deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "./options";
import { type Run, readRuns } from "./run-history";
import { listRunningTasks } from "./running-tasks";
import { parseSince } from "./since";

type RunsOptions = CommonOptions & { since: number; failed?: boolean };

type Clients = { lambda: LambdaClient; ecs: ECSClient; logs: CloudWatchLogsClient };

export type FoundRuns = {
  /** Name of the launcher. */
  name: string;
  /** Log group of the ends of its tasks. Null: there is none. */
  runHistory: string | null;
  runs: Run[];
};

/** The runs of a launcher that have ended in the last `since` ms, and those that run. */
export async function listRuns(
  { lambda, ecs, logs }: Clients,
  { name, service, since, failed }: Omit<RunsOptions, "json"> & { service?: string | undefined },
): Promise<FoundRuns> {
  const history = await findHistory(lambda, name, service);
  const { runsFamily, routes } = history;
  const { runs, isRecorded } = await readRuns(logs, {
    ...history,
    workerLogGroup: runsFamily === undefined ? undefined : await findLogGroup(ecs, runsFamily),
    startTime: Date.now() - since,
    running: await listRunningTasks(
      ecs,
      Object.values(routes).map(({ cluster }) => cluster),
    ),
  });
  const isWanted = (run: Run) =>
    (service === undefined || run.service === service) && !(failed && !hasFailed(run));
  return {
    name: history.name,
    runHistory: isRecorded ? history.runHistory! : null,
    runs: runs.filter(isWanted),
  };
}

/** A task that was stopped on purpose has not failed. */
const hasFailed = ({ outcome }: Run): boolean => !["succeeded", "stopped", "running"].includes(outcome);

export const runsCommand = addCommonOptions(
  new Command("runs")
    .description(
      "List the tasks and policy runs that have ended or run, with start, duration, outcome, exit code and reason.",
    )
    .argument("[service]", "only those of this service")
    .option("--since <time>", "how far back: 30m, 24h, 7d", parseSince, parseSince("24h"))
    .option("--failed", "only those that failed, were interrupted or did not start"),
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
    return [failed ? "No task has failed in this time." : "No task has ended in this time, and none runs."];
  const rows = runs.map((run) => [
    run.startedAt?.replace("T", " ").slice(0, 19) ?? "",
    run.task,
    run.service,
    run.outcome,
    run.attempt === null ? "" : `attempt ${run.attempt}`,
    run.seconds === null ? "" : `${run.seconds} s`,
    run.exitCode === null ? "" : `exit code ${run.exitCode}`,
    ...describe(run),
  ]);
  const running = runs.filter(({ outcome }) => outcome === "running").length;
  const counts = [
    `${runs.filter(hasFailed).length} failed or interrupted`,
    ...(running > 0 ? [`${running} running`] : []),
  ];
  return [
    ...alignColumns(rows),
    "",
    `${formatCount(runs.length, "run")}, ${counts.join(", ")}. Starts are in UTC; \`logs RUN\` prints the log of one.`,
  ];
}

function describe({ finding, policy, mapping, resource, actionsTaken, eventId, reason }: Run): string[] {
  const what =
    finding === undefined
      ? [eventId ?? ""]
      : [policy ?? mapping ?? "", resource ?? "account", ...describeActions(actionsTaken)];
  return [...what, ...(reason === null ? [] : [reason])];
}

const describeActions = (actionsTaken: number | undefined): string[] =>
  actionsTaken === undefined ? [] : [formatCount(actionsTaken, "action")];
