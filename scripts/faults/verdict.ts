/**
 * What becomes of a task when all goes well: it runs and is a target, it has exited with 0, or it has run until an event
 * stopped it.
 */
export type Wanted = "serving" | "succeeded" | "stopped";

/** `running`: it runs, and is no target. */
export type TaskState = Wanted | "running" | "failed";

/** What is known of an event that asked for a task. */
export type EventSeen = {
  tasks: { state: TaskState; reason: string | undefined }[];
  /** Why it lies in a dead-letter queue, as far as the messages say. */
  deadLetters: string[];
};

/** By what an operator can learn of a failure. */
export type Signal = "DLQ" | "log" | "metric";

/** What is left when a scenario is over. */
export type Scene = {
  wanted: Wanted;
  events: EventSeen[];
  /** Targets that are no running task's. */
  leftTargets: number;
  signals: Signal[];
  /** Whether failures of tasks are counted in a metric that has an alarm. */
  countsFailedTasks: boolean;
  /** Status codes that functions returned; other answers by their kind. */
  returned: string[];
  /** Names of errors that functions raised. */
  raised: string[];
  runTaskCalls: number;
  /** Invocations of a function by messages that it has sent to itself, for each stop. */
  remindersPerStop: number | undefined;
};

export const failures = ["lost", "doubled", "leaked", "silent"] as const;
export type Verdict = Record<(typeof failures)[number], boolean> & { says: string };

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** How many events it holds for: all of one, or some of many. */
const some = (events: readonly EventSeen[], of: readonly EventSeen[], text: string): string =>
  of.length === 1 ? text : events.length === of.length ? `all: ${text}` : `some: ${text}`;

/**
 * What has become of the events of a scenario.
 * lost: neither is there a task that does, or has done, what the event asked for, nor is there a message with the event
 * in a dead-letter queue or a counted failure. doubled: more than one such task. leaked: a task or a target is left that
 * nobody knows. silent: something failed, and there is no message, no line with ERROR and no metric of it.
 */
export const verdictOn = (scene: Scene): Verdict => {
  const { wanted, events, leftTargets, signals, countsFailedTasks } = scene;
  const good = ({ tasks }: EventSeen) => tasks.filter(({ state }) => state === wanted);
  const running = ({ tasks }: EventSeen) =>
    tasks.filter(({ state }) => state === "running" || (wanted === "stopped" && state === "serving"));
  const failed = ({ tasks }: EventSeen) => tasks.filter(({ state }) => state === "failed");
  const isKept = (event: EventSeen) =>
    event.deadLetters.length > 0 || (countsFailedTasks && failed(event).length > 0);

  const served = events.filter((event) => good(event).length > 0);
  const lost = events.filter((event) => good(event).length === 0 && !isKept(event));
  const doubled = events.filter((event) => good(event).length + running(event).length > 1);
  const leaking = events.filter((event) => running(event).length > 0);
  const leaked = leaking.length > 0 || leftTargets > 0;
  const deadLettered = events.filter(({ deadLetters }) => deadLetters.length > 0);
  const ended = events.filter((event) => failed(event).length > 0);
  const troubled = lost.length + doubled.length + deadLettered.length + ended.length > 0 || leaked;
  const silent = troubled && signals.length === 0;

  const does = {
    serving: "one task, registered",
    succeeded: "one task, succeeded",
    stopped: "one task, stopped",
  };
  const reasons = [...new Set(deadLettered.flatMap(({ deadLetters }) => deadLetters))];
  const endings = [...new Set(ended.flatMap((event) => failed(event).map(({ reason }) => reason)))];
  const copies = doubled[0] === undefined ? 0 : good(doubled[0]).length + running(doubled[0]).length;
  const stoppedUnserved = events.filter(({ tasks }) => tasks.some(({ state }) => state === "stopped"));
  const parts = [
    doubled.length > 0 && some(doubled, events, `**${copies} tasks for one event**`),
    served.length > doubled.length && some(served, events, does[wanted]),
    lost.length > 0 && some(lost, events, "**event lost**"),
    leaking.length > 0 && some(leaking, events, "**task leaked**: it runs, and nobody knows it"),
    leftTargets > 0 && "**targets leaked**: they are left in the group without a task",
    ended.length > 0 && `a task failed (${endings.join(", ")})`,
    ended.length > 0 && countsFailedTasks && "its alarm notifies",
    deadLettered.length > 0 && some(deadLettered, events, `DLQ: ${reasons.join(", ")}`),
    wanted === "serving" && stoppedUnserved.length > 0 && "task stopped",
    scene.remindersPerStop !== undefined && `${plural(scene.remindersPerStop, "reminder")} for each stop`,
    silent && "**silent**",
  ];
  return {
    lost: lost.length > 0,
    doubled: doubled.length > 0,
    leaked,
    silent,
    says: parts.filter(Boolean).join("; "),
  };
};
