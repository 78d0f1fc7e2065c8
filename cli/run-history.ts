import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import { parseLaunchId } from "../handlers/launch/launch-id";
import { classifyOutcome, describeReason } from "../handlers/launch/task-outcome";
import { afterLastSlash } from "../handlers/shared/names";
import { findServiceOfTask } from "../handlers/shared/task-group";
import { truncateReason } from "../handlers/shared/text";
import type { RunRoute } from "./deployment";
import { type LogLine, readLogLines } from "./log-lines";
import { readTaskHistory, type TaskEnd } from "./task-history";

/** A task, or a run of a worker. */
export type Run = {
  /** ID of the task, or of a queued run. */
  task: string;
  service: string;
  /** running, succeeded, failed, interrupted, stopped or unstarted. */
  outcome: string;
  /** Number of the attempt. Null: not known, or the task was not launched for an event. */
  attempt: number | null;
  eventId: string | null;
  /** When it began to run, ISO 8601, UTC. Before that, and of a queued run: when it was launched. */
  startedAt: string | null;
  /** Null while it runs. */
  endedAt: string | null;
  /** From start to end, or until now. Null: it did not start. */
  seconds: number | null;
  /** Of the main container. */
  exitCode: number | null;
  reason: string | null;
  /** Of a policy run. */
  finding?: string;
  resource?: string;
  mapping?: string;
  /** Of a policy run whose result is in its log. */
  policy?: string;
  status?: string;
  resourcesProcessed?: number;
  actionsTaken?: number;
};

type Routes = Readonly<Record<string, RunRoute>>;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const secondsBetween = (start: string, end: string): number =>
  Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 1000));

/** The beginning of `startedBy` is the ID of the event, without characters that ECS does not take. */
const eventIdOf = (startedBy: string | undefined): string | null =>
  parseLaunchId(startedBy) === undefined ? null : startedBy!.slice(0, startedBy!.lastIndexOf("/"));

/** The run of a task that has ended, as ECS told of it. */
const toEndedRun = (task: string, end: TaskEnd, service: string, route: RunRoute): Run => {
  const { containers, createdAt, startedAt } = end;
  const { end: outcome } = classifyOutcome(end, route);
  const isFine = outcome === "succeeded" || outcome === "stopped";
  const endedAt = end.executionStoppedAt ?? end.stoppedAt ?? null;
  const main = containers.find(({ name }) => name === route.container) ?? containers[0];
  return {
    task,
    service,
    outcome,
    attempt: null,
    eventId: eventIdOf(end.startedBy),
    startedAt: startedAt ?? createdAt ?? null,
    endedAt,
    seconds: startedAt && endedAt ? secondsBetween(startedAt, endedAt) : null,
    exitCode: main?.exitCode ?? null,
    reason: isFine ? null : truncateReason(describeReason(end)),
  };
};

const attemptOf = ({ overrides, startedBy }: Task): number | null =>
  parseLaunchId(startedBy) === undefined
    ? null
    : Number(
        overrides?.containerOverrides
          ?.flatMap(({ environment = [] }) => environment)
          .find(({ name }) => name === "LAUNCH_ATTEMPT")?.value ?? 1,
      );

const toRunningRun = (task: Task, service: string, now: string): Run => {
  const { createdAt, startedAt, startedBy, taskArn = "" } = task;
  return {
    task: afterLastSlash(taskArn),
    service,
    outcome: "running",
    attempt: attemptOf(task),
    eventId: eventIdOf(startedBy),
    startedAt: (startedAt ?? createdAt)?.toISOString() ?? null,
    endedAt: null,
    seconds: startedAt ? secondsBetween(startedAt.toISOString(), now) : null,
    exitCode: null,
    reason: null,
  };
};

/** What the function has logged of the end of a task: also its event and finding, which ECS does not know. */
const toLoggedRun = ({ time, fields }: LogLine): Run => {
  const { service, end, attempt, eventId, taskArn, launchedAt, reason, cause } = fields;
  const startedAt = text(launchedAt) ?? null;
  const endedAt = new Date(time).toISOString();
  return {
    task: afterLastSlash(text(taskArn) ?? ""),
    service: text(service) ?? "",
    outcome: text(end) ?? "",
    attempt: number(attempt) ?? null,
    eventId: eventId === taskArn ? null : (text(eventId) ?? null),
    startedAt,
    endedAt,
    seconds: startedAt === null ? null : secondsBetween(startedAt, endedAt),
    exitCode: null,
    reason: text(reason) ?? text(cause) ?? null,
    ...pick(fields, ["finding", "resource", "mapping"], text),
  };
};

const pick = <Name extends string, Value>(
  fields: Readonly<Record<string, unknown>>,
  names: readonly Name[],
  read: (value: unknown) => Value | undefined,
): Partial<Record<Name, Value>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = read(fields[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, Value>>;

/**
 * What the worker has logged of each policy run, by its ID: that of its task, which ends the name of the log stream, unless
 * a worker has taken the run from a queue.
 */
const resultsOf = (lines: readonly LogLine[]): Map<string, Partial<Run>> =>
  new Map(
    lines.map(({ fields, stream }) => [
      text(fields.run) ?? afterLastSlash(stream),
      {
        ...pick(fields, ["policy", "status"], text),
        ...pick(fields, ["exitCode", "resourcesProcessed", "actionsTaken"], number),
      },
    ]),
  );

/** Both logs have the run: ECS knows times and exit code best, the function its event and what it has counted. */
const merge = (ended: Run, logged: Run | undefined): Run =>
  logged === undefined
    ? ended
    : {
        ...logged,
        startedAt: ended.startedAt,
        endedAt: ended.endedAt,
        seconds: ended.seconds,
        exitCode: ended.exitCode,
        eventId: logged.eventId ?? ended.eventId,
      };

export type RunSources = {
  routes: Routes;
  /** Undefined: there is none. */
  runHistory: string | undefined;
  functionLogGroup: string;
  /** Log group of policy runs. */
  workerLogGroup?: string | undefined;
  /** In ms since 1970. */
  startTime: number;
  /** Tasks that have not stopped, of any service. */
  running?: readonly Task[];
};

/**
 * The runs of a launcher: tasks that have ended, from the run history and the function's log, and those that run. A run
 * history can have tasks of another launcher on the same cluster; they are left out.
 *
 * @returns `isRecorded`: whether there is a run history
 */
export async function readRuns(
  logs: CloudWatchLogsClient,
  { routes, runHistory, functionLogGroup, workerLogGroup, startTime, running = [] }: RunSources,
): Promise<{ runs: Run[]; isRecorded: boolean }> {
  const read = (logGroupName: string, message: string) =>
    readLogLines(logs, { logGroupName, message, startTime });
  const ends =
    runHistory === undefined
      ? undefined
      : await readTaskHistory(logs, { logGroupName: runHistory, startTime });
  const logged = new Map(
    (await read(functionLogGroup, "task has ended")).map(toLoggedRun).map((run) => [run.task, run]),
  );
  const runs = new Map(logged);
  for (const [task, end] of ends ?? []) {
    const service = findServiceOfTask(routes, end);
    if (service !== undefined)
      runs.set(task, merge(toEndedRun(task, end, service, routes[service]!), logged.get(task)));
  }
  const now = new Date().toISOString();
  for (const task of running) {
    const { clusterArn = "", taskDefinitionArn = "", group } = task;
    const service = findServiceOfTask(routes, { clusterArn, taskDefinitionArn, group });
    const id = afterLastSlash(task.taskArn ?? "");
    // It may have ended since it was listed.
    if (service !== undefined && !runs.has(id)) runs.set(id, toRunningRun(task, service, now));
  }
  const results = resultsOf(workerLogGroup ? await read(workerLogGroup, "policy run ended") : []);
  return {
    runs: [...runs.values()]
      .map((run) => ({ ...run, ...results.get(run.task) }))
      .sort((a, b) => timeOf(a) - timeOf(b)),
    isRecorded: ends !== undefined,
  };
}

const timeOf = ({ startedAt, endedAt }: Run): number => Date.parse(startedAt ?? endedAt ?? "");

/** The newest runs of each service that have ended, from the run history alone, newest first. */
export async function readLastRuns(
  logs: CloudWatchLogsClient,
  { routes, runHistory, startTime }: { routes: Routes; runHistory: string; startTime: number },
): Promise<Map<string, Run[]>> {
  const byService = new Map<string, Run[]>();
  for (const [task, end] of (await readTaskHistory(logs, { logGroupName: runHistory, startTime })) ?? []) {
    const service = findServiceOfTask(routes, end);
    if (service === undefined) continue;
    const runs = byService.get(service) ?? [];
    byService.set(service, [...runs, toEndedRun(task, end, service, routes[service]!)]);
  }
  for (const runs of byService.values())
    runs.sort((a, b) => Date.parse(b.endedAt ?? "") - Date.parse(a.endedAt ?? ""));
  return byService;
}
