import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { groupBy } from "../../handlers/register-targets/group-by";
import type { HeldLetters } from "../dead-letters/held-letters";
import { isReturned, type Letter } from "../dead-letters/letter";
import { describeTasks } from "../describe-tasks";
import { findLogged, type LoggedEvent, readEventLines } from "./function-log";
import type { Outcome } from "./outcome";

export type FollowParts = {
  ecs: ECSClient;
  logs: CloudWatchLogsClient;
  held: Pick<HeldLetters, "receive">;
  now: () => number;
  sleep: (ms: number) => Promise<unknown>;
};

const followMs = 120_000;
/** The clocks of this machine and of AWS may differ. */
const clockSkewMs = 60_000;
/** What does not launch leaves no line in the log. A rejected event is a letter again in this time. */
const rejectionMs = 10_000;
const firstPollMs = 500;
const maxPollMs = 5_000;
const goodEnds = ["succeeded", "stopped"];

const isOtherInput = ({ queue, taskArn }: Letter): boolean =>
  !queue.function.launches || taskArn !== undefined;

/** The last status of tasks, by their ARN. */
async function readStatuses(ecs: ECSClient, taskArns: readonly string[]): Promise<Map<string, string>> {
  const statuses = new Map<string, string>();
  const byCluster = groupBy(taskArns, (arn) => arn.split("/").at(-2) ?? "");
  for (const [cluster, arns] of byCluster)
    for (const { taskArn = "", lastStatus = "" } of await describeTasks(ecs, cluster, arns))
      statuses.set(taskArn, lastStatus);
  return statuses;
}

/** @returns undefined while it is not known */
function judge(
  { launches, ends, nothingToRun }: LoggedEvent,
  statuses: ReadonlyMap<string, string>,
): Outcome | undefined {
  const tasks = [...new Set(launches.map(({ taskArn }) => taskArn))];
  if (tasks.length === 0)
    return nothingToRun === undefined ? undefined : { outcome: "nothingToRun", reason: nothingToRun };
  if (tasks.every((arn) => arn.startsWith("queued/"))) return { outcome: "queued" };
  const isFine = (arn: string) =>
    statuses.get(arn) === "RUNNING" || goodEnds.includes(ends.get(arn)?.end ?? "");
  const fine = tasks.filter(isFine);
  // A task that has ended otherwise is launched again, or its event comes back.
  if (fine.length > 0 && tasks.every((arn) => isFine(arn) || ends.has(arn)))
    return { outcome: "started", tasks: fine };
  return launches.some(({ duplicate }) => duplicate) ? { outcome: "duplicate", tasks } : undefined;
}

/** What is not known in time. */
function judgeAtEnd({ launches, ends }: LoggedEvent): Outcome {
  const tasks = [...new Set(launches.map(({ taskArn }) => taskArn))];
  const last = ends.get(tasks.at(-1) ?? "");
  return last === undefined || goodEnds.includes(last.end)
    ? { outcome: "waiting", tasks }
    : { outcome: "failed", tasks, reason: `${last.end}: ${last.reason}` };
}

/**
 * Follows what becomes of letters that were sent again: their tasks by the function's log and by ECS, until they run or
 * have ended, and letters that come back by their queue.
 * @param began when the first letter was sent, in ms since 1970
 * @param outcomes gets each outcome when it is known
 */
export async function follow(
  { ecs, logs, held, now, sleep }: FollowParts,
  letters: readonly Letter[],
  began: number,
  outcomes: Map<Letter, Outcome>,
): Promise<void> {
  const open = () => letters.filter((letter) => !outcomes.has(letter));
  const sentAt = now();
  let logged = new Map<Letter, LoggedEvent>();

  for (let wait = firstPollMs; open().length > 0; wait = Math.min(2 * wait, maxPollMs)) {
    await sleep(wait);
    for (const returned of await held.receive()) {
      const sent = open().find((letter) => isReturned(returned, letter));
      if (sent) outcomes.set(sent, { outcome: "deadLetter", code: returned.code, reason: returned.reason });
    }
    const groups = new Set(open().map(({ queue }) => queue.function.logGroup));
    const lines = new Map<string, Record<string, unknown>[]>();
    for (const group of groups) lines.set(group, await readEventLines(logs, group, began - clockSkewMs));
    logged = new Map(
      open().map((each) => [each, findLogged(lines.get(each.queue.function.logGroup) ?? [], each)]),
    );
    const started = [...logged.values()].flatMap(({ launches, ends }) =>
      launches.map(({ taskArn }) => taskArn).filter((arn) => arn.startsWith("arn:") && !ends.has(arn)),
    );
    const statuses = await readStatuses(ecs, [...new Set(started)]);
    for (const [letter, event] of logged) {
      const hasEnded = letter.taskArn !== undefined && event.ends.has(letter.taskArn);
      const isTaken = isOtherInput(letter) && (hasEnded || now() - sentAt >= rejectionMs);
      const outcome = isTaken ? ({ outcome: "accepted" } as const) : judge(event, statuses);
      if (outcome) outcomes.set(letter, outcome);
    }
    if (now() - sentAt < followMs) continue;
    for (const letter of open()) outcomes.set(letter, judgeAtEnd(logged.get(letter)!));
  }
}
