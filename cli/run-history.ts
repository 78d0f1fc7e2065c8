import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { truncateName } from "../handlers/shared/text";
import { type LogLine, readLogLines } from "./log-lines";

/** A task, or a run of a worker, that has ended. */
export type Run = {
  service: string;
  /** succeeded, failed, interrupted, stopped or unstarted. */
  outcome: string;
  /** Number of the attempt. Null: the task was not launched for an event. */
  attempt: number | null;
  eventId: string | null;
  task: string;
  /** ISO 8601, UTC. */
  startedAt: string | null;
  endedAt: string;
  seconds: number | null;
  reason: string | null;
  /** Of a policy run. */
  finding?: string;
  resource?: string;
  mapping?: string;
  /** Of a policy run whose result is in its log. */
  policy?: string;
  status?: string;
  exitCode?: number;
  resourcesProcessed?: number;
  actionsTaken?: number;
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const toRun = ({ time, fields }: LogLine): Run => {
  const { service, end, attempt, eventId, taskArn, launchedAt, reason, cause, finding, resource, mapping } =
    fields;
  const startedAt = text(launchedAt) ?? null;
  return {
    service: text(service) ?? "",
    outcome: text(end) ?? "",
    attempt: number(attempt) ?? null,
    eventId: eventId === taskArn ? null : (text(eventId) ?? null),
    task: text(taskArn)?.split("/").at(-1) ?? "",
    startedAt,
    endedAt: new Date(time).toISOString(),
    seconds: startedAt === null ? null : Math.max(0, Math.round((time - Date.parse(startedAt)) / 1000)),
    reason: text(reason) ?? text(cause) ?? null,
    ...(text(finding) !== undefined && { finding: text(finding)! }),
    ...(text(resource) !== undefined && { resource: text(resource)! }),
    ...(text(mapping) !== undefined && { mapping: text(mapping)! }),
  };
};

/** Both logs name a run by these. */
const keyOf = (finding: unknown, resource: unknown, mapping: unknown, attempt: unknown): string =>
  JSON.stringify([
    truncateName(text(finding) ?? ""),
    truncateName(text(resource) ?? ""),
    mapping ?? null,
    attempt ?? null,
  ]);

/** What the worker has logged of each run. */
const resultsOf = (lines: readonly LogLine[]): Map<string, Partial<Run>> =>
  new Map(
    lines.map(({ fields }) => {
      const { finding, resource, mapping, attempt, policy, status, exitCode } = fields;
      const { resourcesProcessed, actionsTaken } = fields;
      const result = { policy, status, exitCode, resourcesProcessed, actionsTaken } as Partial<Run>;
      return [keyOf(finding, (resource as { id?: unknown } | undefined)?.id, mapping, attempt), result];
    }),
  );

/**
 * The tasks that have ended, from the function's log, and the results of policy runs, from the log of their tasks.
 * @param workerLogGroup log group of policy runs
 * @param startTime in ms since 1970
 */
export async function readRuns(
  logs: CloudWatchLogsClient,
  {
    functionLogGroup,
    workerLogGroup,
    startTime,
  }: { functionLogGroup: string; workerLogGroup?: string | undefined; startTime: number },
): Promise<Run[]> {
  const read = (logGroupName: string, message: string) =>
    readLogLines(logs, { logGroupName, message, startTime });
  const ends = await read(functionLogGroup, "task has ended");
  const results = resultsOf(workerLogGroup ? await read(workerLogGroup, "policy run ended") : []);
  return ends.map(toRun).map((run) => ({
    ...run,
    ...results.get(keyOf(run.finding, run.resource, run.mapping, run.attempt)),
  }));
}
