import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { findHistory, type History } from "./deployment";
import { describeTasks } from "./describe-tasks";
import { writeQueuedRunLog } from "./queued-run-log";
import { readTaskHistory } from "./task-history";
import { createLogReader, findTaskLogs, formatLine, listedRuns, pollMs } from "./task-log";

const taskIdPattern = /^[0-9a-f]{32}$/;

type Clients = { lambda: LambdaClient; ecs: ECSClient; logs: CloudWatchLogsClient };

type FoundTask = { task: string; taskDefinitionArn: string; cluster: string; isStopped: boolean };

type LogOptions = { name?: string | undefined; follow?: boolean | undefined };

export const logsCommand = new Command("logs")
  .description("Print the log of a run.")
  .argument("<run>", "as the command `runs` prints it")
  .option("--name <name>", "name of the launcher (default: the only one in the region)")
  .option("--follow", "go on until the task has stopped")
  .action(async (run: string, options: LogOptions) => {
    const clients = { lambda: new LambdaClient(), ecs: new ECSClient(), logs: new CloudWatchLogsClient() };
    const write = (line: string) => process.stdout.write(`${line}\n`);
    if (!(await writeRunLog(clients, run, options, write)))
      process.stderr.write(`The run ${run} has written nothing; \`runs\` shows its outcome.\n`);
  });

/**
 * Writes the log of a run, line by line.
 * @returns whether there is any
 * @throws Error that says why there is no such run, or no log of it
 */
export async function writeRunLog(
  clients: Clients,
  run: string,
  { name, follow = false }: LogOptions,
  write: (line: string) => void,
): Promise<boolean> {
  const history = await findHistory(clients.lambda, name);
  const { runHistory } = history;
  if (runHistory === undefined) return writeQueuedRunLog(clients, { history, run, follow, write });
  const found = await findTask(clients, { ...history, runHistory }, run);
  const containers = await findTaskLogs(clients.ecs, found);
  const readers = containers.map((log) => ({ log, read: createLogReader(clients.logs, log) }));
  let { isStopped } = found;
  let hasLines = false;
  for (;;) {
    const isLast = !follow || isStopped;
    for (const { log, read } of readers)
      for (const line of (await read()) ?? []) {
        hasLines = true;
        write(formatLine(line, containers.length > 1 ? log.container : undefined));
      }
    if (isLast) return hasLines;
    await sleep(pollMs);
    isStopped = (await describeTask(clients, found))?.isStopped ?? true;
  }
}

/** @throws Error that says why there is no such task */
async function findTask(
  clients: Clients,
  { name, routes, runHistory }: History & { runHistory: string },
  run: string,
): Promise<FoundTask> {
  if (!taskIdPattern.test(run))
    throw new Error(
      `"${run}" is no run: a run is the ID of a task, 32 digits and letters a to f; ${listedRuns}.`,
    );
  const clusters = new Set(Object.values(routes).map(({ cluster }) => cluster));
  for (const cluster of clusters) {
    const task = await describeTask(clients, { task: run, cluster });
    if (task) return task;
  }
  const ends = await readTaskHistory(clients.logs, { logGroupName: runHistory, taskId: run });
  const end = ends?.get(run);
  if (end)
    return { task: run, taskDefinitionArn: end.taskDefinitionArn, cluster: end.clusterArn, isStopped: true };
  throw new Error(
    ends === undefined
      ? `ECS does not know the run "${run}" (any more), and the launcher "${name}" has no run history to look it up in.`
      : `The launcher "${name}" has no run "${run}"; ${listedRuns}.`,
  );
}

/** ECS describes a task for an hour after it has stopped. */
async function describeTask(
  { ecs }: Clients,
  { task, cluster }: Pick<FoundTask, "task" | "cluster">,
): Promise<FoundTask | undefined> {
  const [found] = await describeTasks(ecs, cluster, [task]);
  return found === undefined
    ? undefined
    : {
        task,
        taskDefinitionArn: found.taskDefinitionArn ?? "",
        cluster,
        isStopped: found.lastStatus === "STOPPED",
      };
}
