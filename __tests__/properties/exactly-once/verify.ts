import type { TaskEnd } from "../../../handlers/launch/launch-records";
import type { LogLine } from "../../handlers/start-task/world";
import type { DlqMessage } from "./dlq-message";
import { idOf } from "./events";
import { type End, type History, routes } from "./history";

const minute = 60_000;
const hour = 60 * minute;
const windowMs = 24 * hour;
const longestReason = 1_100;
/** Longer events are sent by reference, so that Lambda's failure record is never too long. */
const maxUnreferencedBytes = 262_144 - 8_192;

/** A launched task. */
export type LaunchedTask = {
  taskArn: string;
  /** Index of its event. */
  index: number;
  launchId: string;
  attempt: number;
  createdAt: number;
  /** Its scripted end. Absent: it succeeds. */
  end: End | undefined;
  /** Launched by a redrive. */
  redriven: boolean;
};

export type Played = {
  history: History;
  events: object[];
  tasks: LaunchedTask[];
  lines: LogLine[];
  dlqMessages: DlqMessage[];
  /** Events that were too long for Lambda's on-failure destination. */
  dropped: unknown[];
};

/** The outcome that AWS documents for the scripted end. */
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

/** How many tasks of one event may end so. */
const limits = (service: string): Partial<Record<TaskEnd, number>> => {
  const { onFailure, interruptionRetries = 3 } = routes[service]!;
  const failed = onFailure?.action === "retry" ? onFailure.maxAttempts : 1;
  return { failed, interrupted: interruptionRetries + 1, unstarted: 3 };
};

const finalTypes = ["TaskFailed", "TaskInterrupted", "TaskFailedToStart"];

/** Counts before the redrive, to check that histories reach the interesting cases. */
export const countsOf = ({ events, tasks, dlqMessages, dropped }: Played) => ({
  events: events.length,
  tasks: tasks.length,
  retried: tasks.filter(({ attempt }) => attempt > 1).length,
  good: tasks.filter(isGood).length,
  dlqMessages: dlqMessages.length,
  /** Dropped by Lambda: the function crashed in all attempts to store or forward them. */
  dropped: dropped.length,
});

/** Returns what is wrong with the outcome of a history. */
export const verify = (
  { history, events, tasks, lines, dlqMessages, dropped }: Played,
  { isRedriven = false } = {},
): string[] => {
  const violations: string[] = [];
  const ended = new Map(
    lines.filter(({ message }) => message === "task has ended").map((line) => [line.taskArn, line.end]),
  );
  const reportedTasks = new Set(dlqMessages.map(({ taskArn }) => taskArn));

  // (a) Within the deduplication window no launch has two tasks.
  const byLaunch = new Map<string, LaunchedTask[]>();
  for (const task of tasks) byLaunch.set(task.launchId, [...(byLaunch.get(task.launchId) ?? []), task]);
  const isSuperseded = ({ launchId, createdAt }: LaunchedTask) =>
    byLaunch.get(launchId)!.some((other) => other.createdAt > createdAt);
  // Neither the launch record nor the handled end could be written in any attempt.
  const isUnrecorded = ({ taskArn, attempt, index }: LaunchedTask) =>
    reportedTasks.has(taskArn) &&
    dlqMessages.some(
      (dlqMessage) =>
        dlqMessage.eventId === idOf(events[index]) &&
        dlqMessage.taskArn === undefined &&
        (dlqMessage.attempt ?? 0) === attempt - 1 &&
        !finalTypes.includes(dlqMessage.errorType ?? ""),
    );
  for (const [launchId, some] of byLaunch) {
    for (const [index, { createdAt, attempt }] of some.slice(1).entries()) {
      const earlier = some[index]!;
      const apart = createdAt - earlier.createdAt;
      if (apart >= windowMs || isUnrecorded(earlier)) continue;
      violations.push(`launch ${launchId} (attempt ${attempt}) twice, ${apart} ms apart`);
    }
  }

  for (const [index, eventCase] of history.eventCases.entries()) {
    const { form, service, delivered } = eventCase;
    const event = events[index];
    const id = idOf(event);
    const violation = (what: string) => violations.push(`${id} (${form}, ${service}): ${what}`);
    const its = tasks.filter((task) => task.index === index);
    const dlqMessage = dlqMessages.filter(({ eventId }) => eventId === id);
    const drops = dropped.filter((each) => JSON.stringify(each).includes(id)).length;

    for (const { errorType, errorMessage = "", event: found, taskArn, missing } of dlqMessage) {
      if (!errorType || !errorMessage) violation("a DLQ message without a reason");
      if (errorMessage.length > longestReason) violation(`a reason of ${errorMessage.length} characters`);
      if (missing) violation(missing);
      else if (taskArn === undefined && JSON.stringify(found) !== JSON.stringify(event)) {
        violation("a DLQ message without the whole event");
      }
    }
    if (drops > 0 && Buffer.byteLength(JSON.stringify(event)) <= maxUnreferencedBytes)
      violation("lost by Lambda");

    if (form === "unknown" || form === "malformed") {
      if (its.length > 0) violation("is launched");
      if (dlqMessage.length === 0 && drops < delivered.length) violation("lost");
      continue;
    }

    // (b) A task that has succeeded or was stopped on purpose, or a failure that is counted, or a DLQ message.
    const good = its.filter(isGood);
    const isAlarm = routes[service]!.onFailure?.action === "alarm";
    const counted = its.filter(
      (task) => isAlarm && outcomeOf(task) === "failed" && ended.get(task.taskArn) === "failed",
    );
    const isDropped = drops === delivered.length && its.length === 0;
    if (good.length + counted.length + dlqMessage.length === 0 && !isDropped) violation("lost");
    // After the deduplication window an event is launched again.
    const rounds = Math.max(1, its.filter(({ attempt }) => attempt === 1).length);
    if (!isRedriven && good.length > rounds) violation(`${good.length} tasks have succeeded`);

    for (const task of its) {
      const { taskArn, attempt } = task;
      const outcome = outcomeOf(task);
      const found = ended.get(taskArn);
      if (found === undefined ? !reportedTasks.has(taskArn) && !isSuperseded(task) : found !== outcome) {
        violation(`attempt ${attempt} was ${outcome}, handled as ${found}`);
      }
      if (isGood(task) || counted.includes(task)) continue;
      const hasFollowUp =
        its.some((other) => other.attempt === attempt + 1) ||
        dlqMessage.some((each) => each.attempt === attempt || each.taskArn === taskArn) ||
        isSuperseded(task);
      if (!hasFollowUp) violation(`no follow-up of attempt ${attempt}, which was ${outcome}`);
    }
    if (isRedriven) {
      if (dlqMessage.length > 0 && good.length + counted.length === 0)
        violation("was redriven and has not succeeded");
      for (const { attempt = 0, errorType = "" } of dlqMessage) {
        const isNext = (task: LaunchedTask) => task.attempt > attempt && isGood(task);
        if (finalTypes.includes(errorType) && !its.some(isNext)) {
          violation(
            `a DLQ message of attempt ${attempt} (${errorType}) is redriven, and no later attempt has succeeded`,
          );
        }
      }
      continue;
    }

    for (const { attempt = 0, errorType = "" } of dlqMessage) {
      if (rounds === 1 && finalTypes.includes(errorType) && its.some((task) => task.attempt > attempt)) {
        violation(`a DLQ message of attempt ${attempt} (${errorType}), and a later attempt`);
      }
    }
    // (c) No more attempts than the launch route allows.
    for (const [end, most] of Object.entries(limits(service))) {
      const count = its.filter((task) => outcomeOf(task) === end).length;
      if (count > most * rounds) violation(`${count} tasks ${end}, allowed are ${most}`);
    }
    for (const { attempt } of its) {
      const before = its.filter((task) => task.attempt === attempt - 1);
      if (attempt > 1 && !before.some((task) => !isGood(task)))
        violation(`attempt ${attempt} without reason`);
    }
  }

  // An end that is delivered twice is handled once, unless the deliveries overlap.
  const isInTurn = history.deliveryDelays.every(
    ([first = 0, second]) => Math.abs((second ?? -hour) - first) > 2 * minute,
  );
  if (history.faults.length === 0 && isInTurn) {
    const all = lines.filter(({ message }) => message === "task has ended");
    for (const { taskArn } of tasks) {
      const times = all.filter((line) => line.taskArn === taskArn).length;
      if (times > 1) violations.push(`the end of ${taskArn} is handled ${times} times`);
    }
  }

  // (e) Every failure and every end is counted.
  const metric = (name: string) => lines.filter((line) => "_aws" in line && name in line).length;
  const count = (message: string) => lines.filter((line) => line.message === message).length;
  const ends = ["TasksSucceeded", "TasksFailed", "TasksInterrupted", "TasksStopped"];
  const endLines = lines.filter(({ message, end }) => message === "task has ended" && end !== "unstarted");
  if (metric("Failures") !== count("event failed")) violations.push("Failures are not all counted");
  if (ends.reduce((sum, name) => sum + metric(name), 0) !== endLines.length) {
    violations.push("ends are not all counted");
  }
  return violations;
};
