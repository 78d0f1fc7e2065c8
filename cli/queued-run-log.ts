import { setTimeout as sleep } from "node:timers/promises";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { queuedRunBegins } from "../container-contract/queued-launch";
import { fromJson } from "../handlers/shared/json";
import type { History } from "./deployment";
import { readLogEvents } from "./log-lines";
import { createLogReader, findTaskLogs, formatLine, listedRuns, pollMs } from "./task-log";

type Options = {
  history: Pick<History, "name" | "runsFamily">;
  run: string;
  follow: boolean;
  write: (line: string) => void;
};

/**
 * Writes the lines of a run that a worker has taken from a queue: those of the worker's log from where the run begins to
 * where the next one does. A worker makes one run after the other.
 * @returns true
 * @throws Error when no worker has begun the run
 */
export async function writeQueuedRunLog(
  { ecs, logs }: { ecs: ECSClient; logs: CloudWatchLogsClient },
  { history: { name, runsFamily = "" }, run, follow, write }: Options,
): Promise<boolean> {
  const [worker] = await findTaskLogs(ecs, { task: run, taskDefinitionArn: runsFamily });
  const { logGroupName } = worker!;
  const lines = (await readLogEvents(logs, { logGroupName, term: run })) ?? [];
  // A worker that died has begun it, and another one again.
  const begin = lines.findLast(({ fields }) => fields.message === queuedRunBegins && fields.run === run);
  if (!begin)
    throw new Error(`No worker of the launcher "${name}" has begun the run "${run}"; ${listedRuns}.`);
  const read = createLogReader(logs, { logGroupName, logStreamName: begin.stream }, begin.time);
  let isIn = false;
  for (;;) {
    for (const line of (await read()) ?? []) {
      const { message, run: of } = (fromJson(line.message) ?? {}) as { message?: unknown; run?: unknown };
      if (message === queuedRunBegins) {
        if (isIn && of !== run) return true;
        isIn = of === run;
      }
      if (isIn) write(formatLine(line));
      if (isIn && message === "policy run ended" && of === run) return true;
    }
    if (!follow) return true;
    await sleep(pollMs);
  }
}
