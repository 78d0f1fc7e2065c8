import type { TaskEnd } from "../../../handlers/start-task/launch-records";
import type { LogLine } from "../../handlers/start-task/world";
import { idOf } from "./events";
import { type End, type History, routes } from "./history";
import type { DlqMessage } from "./letter";

const minute = 60_000;
const hour = 60 * minute;
const windowMs = 24 * hour;
const longestReason = 1_100;
/** What is longer is handed on by reference, so that Lambda's record of a failure is never too long. */
const mayBeDropped = 262_144 - 8_192;

/** A task as the account saw it. */
export type LaunchedTask = {
  taskArn: string;
  /** Of its event. */
  index: number;
  launchId: string;
  attempt: number;
  createdAt: number;
  /** How it was to end; absent: with success. */
  end: End | undefined;
  /** Launched after everything was mended. */
  redriven: boolean;
};

export type Played = {
  history: History;
  events: object[];
  tasks: LaunchedTask[];
  lines: LogLine[];
  letters: DlqMessage[];
  /** Events that Lambda's on-failure destination has refused. */
  dropped: unknown[];
};

/** How a task has ended, as AWS's texts have it. */
export const outcomeOf = ({ end }: LaunchedTask): TaskEnd => {
  switch (end?.kind) {
    case undefined:
      return "succeeded";
    case "exits":
      return end.exitCode === 0 ? "succeeded" : "failed";
    case "stops":
      return end.stopCode === "UserInitiated" ? "stopped" : "interrupted";
    case "stopsBeforeItRuns":
      return end.stopCode === "UserInitiated" ? "stopped" : "unstarted";
    case "failsToStart":
      return "unstarted";
  }
};
export const isGood = (task: LaunchedTask) => ["succeeded", "stopped"].includes(outcomeOf(task));

/** What a mode allows to happen once: so many tasks of an event may end so. */
const limits = (service: string): Partial<Record<TaskEnd, number>> => {
  const { onFailure, interruptionRetries = 3 } = routes[service]!;
  const failed = onFailure?.action === "retry" ? onFailure.maxAttempts : 1;
  return { failed, interrupted: interruptionRetries + 1, unstarted: 3 };
};

const finalTypes = ["TaskFailed", "TaskInterrupted", "TaskFailedToStart"];

/** What has happened before anything was redriven, for a test that its histories are worth their time. */
export const countsOf = ({ events, tasks, letters, dropped }: Played) => ({
  events: events.length,
  tasks: tasks.length,
  launchedAgain: tasks.filter(({ attempt }) => attempt > 1).length,
  good: tasks.filter(isGood).length,
  letters: letters.length,
  /** Lambda has dropped them: the function died in all tries to store them or to hand them on. */
  dropped: dropped.length,
});

/** What is wrong with how a history has ended, in words. */
export const verify = (
  { history, events, tasks, lines, letters, dropped }: Played,
  { isRedriven = false } = {},
): string[] => {
  const troubles: string[] = [];
  const ended = new Map(
    lines.filter(({ message }) => message === "task has ended").map((line) => [line.taskArn, line.end]),
  );
  const toldBy = new Set(letters.map(({ taskArn }) => taskArn));

  // (a) Within the window no launch has two tasks.
  const byLaunch = new Map<string, LaunchedTask[]>();
  for (const task of tasks) byLaunch.set(task.launchId, [...(byLaunch.get(task.launchId) ?? []), task]);
  const isSuperseded = ({ launchId, createdAt }: LaunchedTask) =>
    byLaunch.get(launchId)!.some((other) => other.createdAt > createdAt);
  // Neither the launch nor what follows the task's end could be recorded, each in all its tries.
  const isUnrecorded = ({ taskArn, attempt, index }: LaunchedTask) =>
    toldBy.has(taskArn) &&
    letters.some(
      (letter) =>
        letter.eventId === idOf(events[index]) &&
        letter.taskArn === undefined &&
        (letter.attempt ?? 0) === attempt - 1 &&
        !finalTypes.includes(letter.errorType ?? ""),
    );
  for (const [launchId, some] of byLaunch) {
    for (const [index, { createdAt, attempt }] of some.slice(1).entries()) {
      const earlier = some[index]!;
      const apart = createdAt - earlier.createdAt;
      if (apart >= windowMs || isUnrecorded(earlier)) continue;
      troubles.push(`launch ${launchId} (attempt ${attempt}) twice, ${apart} ms apart`);
    }
  }

  for (const [index, happening] of history.happenings.entries()) {
    const { form, service, delivered } = happening;
    const event = events[index];
    const id = idOf(event);
    const trouble = (what: string) => troubles.push(`${id} (${form}, ${service}): ${what}`);
    const its = tasks.filter((task) => task.index === index);
    const letter = letters.filter(({ eventId }) => eventId === id);
    const drops = dropped.filter((each) => JSON.stringify(each).includes(id)).length;

    for (const { errorType, errorMessage = "", event: found, taskArn, missing } of letter) {
      if (!errorType || !errorMessage) trouble("a letter without a reason");
      if (errorMessage.length > longestReason) trouble(`a reason of ${errorMessage.length} characters`);
      if (missing) trouble(missing);
      else if (taskArn === undefined && JSON.stringify(found) !== JSON.stringify(event)) {
        trouble("a letter without the whole event");
      }
    }
    if (drops > 0 && Buffer.byteLength(JSON.stringify(event)) <= mayBeDropped) trouble("lost by Lambda");

    if (form === "unknown" || form === "malformed") {
      if (its.length > 0) trouble("is launched");
      if (letter.length === 0 && drops < delivered.length) trouble("lost");
      continue;
    }

    // (b) A task that has succeeded or was stopped on purpose, or a failure that is counted, or a letter.
    const good = its.filter(isGood);
    const isAlarm = routes[service]!.onFailure?.action === "alarm";
    const counted = its.filter(
      (task) => isAlarm && outcomeOf(task) === "failed" && ended.get(task.taskArn) === "failed",
    );
    const isDropped = drops === delivered.length && its.length === 0;
    if (good.length + counted.length + letter.length === 0 && !isDropped) trouble("lost");
    // After its window an event is launched once more.
    const rounds = Math.max(1, its.filter(({ attempt }) => attempt === 1).length);
    if (!isRedriven && good.length > rounds) trouble(`${good.length} tasks have succeeded`);

    for (const task of its) {
      const { taskArn, attempt } = task;
      const outcome = outcomeOf(task);
      const found = ended.get(taskArn);
      if (found === undefined ? !toldBy.has(taskArn) && !isSuperseded(task) : found !== outcome) {
        trouble(`attempt ${attempt} was ${outcome}, dealt with as ${found}`);
      }
      if (isGood(task) || counted.includes(task)) continue;
      const isFollowed =
        its.some((other) => other.attempt === attempt + 1) ||
        letter.some((each) => each.attempt === attempt || each.taskArn === taskArn) ||
        isSuperseded(task);
      if (!isFollowed) trouble(`nothing follows from attempt ${attempt}, which was ${outcome}`);
    }
    if (isRedriven) {
      if (letter.length > 0 && good.length + counted.length === 0)
        trouble("is redriven and has not succeeded");
      for (const { attempt = 0, errorType = "" } of letter) {
        const isNext = (task: LaunchedTask) => task.attempt > attempt && isGood(task);
        if (finalTypes.includes(errorType) && !its.some(isNext)) {
          trouble(
            `a letter of attempt ${attempt} (${errorType}) is redriven, and no later attempt has succeeded`,
          );
        }
      }
      continue;
    }

    for (const { attempt = 0, errorType = "" } of letter) {
      if (rounds === 1 && finalTypes.includes(errorType) && its.some((task) => task.attempt > attempt)) {
        trouble(`a letter of attempt ${attempt} (${errorType}), and a later attempt`);
      }
    }
    // (c) No more attempts than the modes allow.
    for (const [end, most] of Object.entries(limits(service))) {
      const count = its.filter((task) => outcomeOf(task) === end).length;
      if (count > most * rounds) trouble(`${count} tasks ${end}, allowed are ${most}`);
    }
    for (const { attempt } of its) {
      const before = its.filter((task) => task.attempt === attempt - 1);
      if (attempt > 1 && !before.some((task) => !isGood(task))) trouble(`attempt ${attempt} without reason`);
    }
  }

  // What is told twice is dealt with once, unless the second time overlaps the first.
  const isInTurn = history.fates.every(
    ([first = 0, second]) => Math.abs((second ?? -hour) - first) > 2 * minute,
  );
  if (history.faults.length === 0 && isInTurn) {
    const all = lines.filter(({ message }) => message === "task has ended");
    for (const { taskArn } of tasks) {
      const times = all.filter((line) => line.taskArn === taskArn).length;
      if (times > 1) troubles.push(`the end of ${taskArn} is dealt with ${times} times`);
    }
  }

  // (e) Every failure and every end is counted.
  const metric = (name: string) => lines.filter((line) => "_aws" in line && name in line).length;
  const count = (message: string) => lines.filter((line) => line.message === message).length;
  const ends = ["TasksSucceeded", "TasksFailed", "TasksInterrupted", "TasksStopped"];
  const endLines = lines.filter(({ message, end }) => message === "task has ended" && end !== "unstarted");
  if (metric("Failures") !== count("event failed")) troubles.push("Failures are not all counted");
  if (ends.reduce((sum, name) => sum + metric(name), 0) !== endLines.length) {
    troubles.push("ends are not all counted");
  }
  return troubles;
};
