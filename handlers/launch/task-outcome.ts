import * as v from "valibot";
import { queuedLaunchEnded } from "../../container-contract/queued-launch";
import type { TaskEnd } from "./launch-records";

const container = v.object({
  name: v.nullish(v.string()),
  exitCode: v.nullish(v.number()),
  reason: v.nullish(v.string()),
  healthStatus: v.nullish(v.string()),
});

// Longer than any ARN or name of ECS. Bounded, because log lines and metrics repeat them.
const name = v.pipe(v.string(), v.maxLength(512));

const stoppedTask = v.object({
  clusterArn: name,
  taskArn: name,
  taskDefinitionArn: name,
  group: v.optional(name),
  startedBy: v.optional(name),
  lastStatus: v.literal("STOPPED"),
  createdAt: v.nullish(v.string()),
  /** When it began to run. Absent: it never ran. */
  startedAt: v.nullish(v.unknown()),
  stopCode: v.nullish(v.string()),
  stoppedReason: v.nullish(v.string()),
  containers: v.optional(v.array(container), []),
});

const endedIn = (source: string, detailType: string) =>
  v.object({ source: v.literal(source), "detail-type": v.literal(detailType), detail: stoppedTask });
const stateChange = endedIn("aws.ecs", "ECS Task State Change");
const workerReport = endedIn(queuedLaunchEnded.source, queuedLaunchEnded.detailType);

/** A stopped task in an ECS event. */
export type StoppedTask = v.InferOutput<typeof stoppedTask>;

/** Reads what has ended from an event; undefined for any other event. */
export type ReadEnd = (event: unknown) => StoppedTask | undefined;

/** The stopped task of an ECS event; undefined for any other event. */
export const readStoppedTask: ReadEnd = (event) => {
  const result = v.safeParse(stateChange, event, { abortEarly: true });
  return result.success ? result.output.detail : undefined;
};

/**
 * The end of a launch that waited in a queue, as its worker reports it, and the stopped task of an ECS event. Only for a
 * function with such a queue: other functions can get events of any source from outside.
 */
export const readStoppedTaskOrReport: ReadEnd = (event) => {
  const result = v.safeParse(workerReport, event, { abortEarly: true });
  return result.success ? result.output.detail : readStoppedTask(event);
};

/** The fields about the end of a task that ECS events and DescribeTasks have in common. */
export type TaskEndDetails = {
  startedAt?: unknown;
  stopCode?: string | null | undefined;
  stoppedReason?: string | null | undefined;
  containers?:
    | {
        name?: string | null | undefined;
        exitCode?: number | null | undefined;
        reason?: string | null | undefined;
        healthStatus?: string | null | undefined;
      }[]
    | undefined;
};

/** The containers of a launch route whose exit codes decide whether its task succeeded. */
type DecisiveContainers = {
  /** The main container. */
  container: string;
  /** Absent: only the main container. */
  essential?: readonly string[] | undefined;
};

export type TaskOutcome = {
  end: TaskEnd;
  /** In one word, for metrics. Absent when the task succeeded or was stopped. */
  cause?: string;
};

// A user or an ECS service stopped the task, so the exit codes do not matter.
const deliberateStopCodes = ["UserInitiated", "ServiceSchedulerInitiated"];

/** The reasons that ECS and the containers give for the end of a task. */
export const describeReason = ({ stoppedReason, containers = [] }: TaskEndDetails): string => {
  const ofContainers = containers.map(({ name, exitCode, reason }) =>
    [typeof exitCode === "number" && exitCode !== 0 && `${name} exited with ${exitCode}`, reason]
      .filter(Boolean)
      .join(": "),
  );
  return [stoppedReason, ...ofContainers].filter(Boolean).join("; ") || "no reason given";
};

// SIGINT, SIGQUIT, SIGKILL and SIGTERM. When an essential container exits, ECS stops the others with the stop signal of
// their image, by default SIGTERM, and later with SIGKILL.
const exitCodesOfStops = [130, 131, 137, 143];

const findFailureCause = (
  { containers = [] }: TaskEndDetails,
  { container: main, essential = [main] }: DecisiveContainers,
): string | undefined => {
  const named = containers.filter(({ name }) => essential.includes(name ?? ""));
  // Another revision of the task definition may have other container names.
  const decisive = named.length > 0 ? named : containers;
  const mainOnes = decisive.filter(({ name }) => name === main);
  const isStopped = ({ name, exitCode }: (typeof decisive)[number]) =>
    mainOnes.length > 0 && name !== main && exitCodesOfStops.includes(exitCode ?? 0);

  if (decisive.some(({ reason }) => /OutOfMemory/i.test(reason ?? ""))) return "OutOfMemory";
  if (decisive.some((container) => (container.exitCode ?? 0) !== 0 && !isStopped(container)))
    return "ExitCode";
  if (decisive.some(({ healthStatus }) => healthStatus === "UNHEALTHY")) return "Unhealthy";
  if (!(mainOnes.length > 0 ? mainOnes : decisive).some(({ exitCode }) => exitCode === 0))
    return "NoExitCode";
  return undefined;
};

/**
 * Classifies the end of a task. Unknown stop codes count as interrupted, because AWS may add stop codes and such a task
 * has not finished its work.
 * @param decisive names of the containers whose exit codes decide. A sidecar that ECS stopped has not failed.
 */
export const classifyOutcome = (task: TaskEndDetails, decisive: DecisiveContainers): TaskOutcome => {
  const { startedAt, stopCode } = task;
  if (deliberateStopCodes.includes(stopCode ?? "")) return { end: "stopped" };
  if (stopCode === "EssentialContainerExited") {
    const cause = findFailureCause(task, decisive);
    return cause ? { end: "failed", cause } : { end: "succeeded" };
  }
  if (startedAt === undefined || startedAt === null || stopCode === "TaskFailedToStart") {
    return { end: "unstarted", cause: "TaskFailedToStart" };
  }
  // The cause is a metric dimension, so it must be short.
  return { end: "interrupted", cause: /^\w{1,64}$/.test(stopCode ?? "") ? stopCode! : "Unknown" };
};

// Missing capacity (`RESOURCE:MEMORY`, `AGENT` and `EMPTY CAPACITY PROVIDER` are those of container instances), and network
// interfaces, registries or secret stores that are slow or throttled. The reasons for a missing image, secret or
// permission do not match.
const transientReasonPattern =
  /capacity|^(TaskFailedToStart: )?(RESOURCE:|AGENT)|network interface|time(d )?[ -]?out|deadline exceeded|throttl|rate exceeded|too ?many ?requests|connection (reset|refused)|unexpected eof|temporar|unavailable|spot|internal ?error/i;

/** Whether a retry may start a task that failed to start. */
export const isTransientStartFailure = (task: TaskEndDetails): boolean =>
  // Any other stop code means that Spot or the host interrupted the start.
  task.stopCode !== "TaskFailedToStart" || transientReasonPattern.test(describeReason(task));
