/** The expected outcome of a task: it runs and is a target, it exited with 0, or an event stopped it. */
export type ExpectedOutcome = "serving" | "succeeded" | "stopped";

/** `running`: it runs and is not a target. */
export type TaskState = ExpectedOutcome | "running" | "failed";

/** The tasks and DLQ messages of one event. */
export type EventRecord = {
  tasks: { state: TaskState; reason: string | undefined }[];
  /** The reasons in its DLQ messages. */
  dlqReasons: string[];
};

/** What reports a failure to an operator. */
export type Signal = "DLQ" | "log" | "metric";

/** The result of a scenario. */
export type ScenarioResult = {
  expected: ExpectedOutcome;
  events: EventRecord[];
  /** Number of targets without a running task. */
  staleTargets: number;
  signals: Signal[];
  /** Whether failed tasks are counted in a metric with an alarm. */
  hasFailureAlarm: boolean;
  /** Status codes that functions returned, or the kind of another result. */
  returned: string[];
  /** Names of the errors of functions. */
  raised: string[];
  runTaskCalls: number;
  /** Reminders of the registrar to itself for each stop. */
  remindersPerStop: number | undefined;
};

export const failures = ["lost", "duplicated", "leaked", "silent"] as const;
export type Verdict = Record<(typeof failures)[number], boolean> & { says: string };

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Prefixes a text with `all` or `some` if there are several events. */
const some = (events: readonly EventRecord[], of: readonly EventRecord[], text: string): string =>
  of.length === 1 ? text : events.length === of.length ? `all: ${text}` : `some: ${text}`;

/**
 * Evaluates the result of a scenario.
 *
 * - lost: an event has no task with the expected outcome, no DLQ message and no failure in a metric with an alarm.
 * - duplicated: an event has more than one such task.
 * - leaked: a task runs that is not a target or should be stopped, or a target has no running task.
 * - silent: something failed, and no DLQ message, no log line with ERROR and no metric reports it.
 */
export const evaluateResult = (result: ScenarioResult): Verdict => {
  const { expected, events, staleTargets, signals, hasFailureAlarm } = result;
  const good = ({ tasks }: EventRecord) => tasks.filter(({ state }) => state === expected);
  const running = ({ tasks }: EventRecord) =>
    tasks.filter(({ state }) => state === "running" || (expected === "stopped" && state === "serving"));
  const failed = ({ tasks }: EventRecord) => tasks.filter(({ state }) => state === "failed");
  const isReported = (event: EventRecord) =>
    event.dlqReasons.length > 0 || (hasFailureAlarm && failed(event).length > 0);

  const served = events.filter((event) => good(event).length > 0);
  const lost = events.filter((event) => good(event).length === 0 && !isReported(event));
  const duplicated = events.filter((event) => good(event).length + running(event).length > 1);
  const leaking = events.filter((event) => running(event).length > 0);
  const leaked = leaking.length > 0 || staleTargets > 0;
  const inDlq = events.filter(({ dlqReasons }) => dlqReasons.length > 0);
  const ended = events.filter((event) => failed(event).length > 0);
  const hasFailed = lost.length + duplicated.length + inDlq.length + ended.length > 0 || leaked;
  const silent = hasFailed && signals.length === 0;

  const outcomeText = {
    serving: "one task, registered",
    succeeded: "one task, succeeded",
    stopped: "one task, stopped",
  };
  const reasons = [...new Set(inDlq.flatMap(({ dlqReasons }) => dlqReasons))];
  const failureReasons = [...new Set(ended.flatMap((event) => failed(event).map(({ reason }) => reason)))];
  const copies = duplicated[0] === undefined ? 0 : good(duplicated[0]).length + running(duplicated[0]).length;
  const stoppedUnserved = events.filter(({ tasks }) => tasks.some(({ state }) => state === "stopped"));
  const parts = [
    duplicated.length > 0 && some(duplicated, events, `**${copies} tasks for one event**`),
    served.length > duplicated.length && some(served, events, outcomeText[expected]),
    lost.length > 0 && some(lost, events, "**event lost**"),
    leaking.length > 0 && some(leaking, events, "**task leaked**: it still runs"),
    staleTargets > 0 && "**targets leaked**: they have no running task",
    ended.length > 0 && `a task failed (${failureReasons.join(", ")})`,
    ended.length > 0 && hasFailureAlarm && "its alarm notifies",
    inDlq.length > 0 && some(inDlq, events, `DLQ: ${reasons.join(", ")}`),
    expected === "serving" && stoppedUnserved.length > 0 && "task stopped",
    result.remindersPerStop !== undefined && `${plural(result.remindersPerStop, "reminder")} for each stop`,
    silent && "**silent**",
  ];
  return {
    lost: lost.length > 0,
    duplicated: duplicated.length > 0,
    leaked,
    silent,
    says: parts.filter(Boolean).join("; "),
  };
};
