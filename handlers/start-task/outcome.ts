import * as v from "valibot";
import type { TaskEnd } from "./launch-records";

const container = v.object({
  name: v.nullish(v.string()),
  exitCode: v.nullish(v.number()),
  reason: v.nullish(v.string()),
  healthStatus: v.nullish(v.string()),
});

// Far more than ECS's ARNs and names have; logs and metrics repeat some of them.
const name = v.pipe(v.string(), v.maxLength(512));

const stateChange = v.object({
  source: v.literal("aws.ecs"),
  "detail-type": v.literal("ECS Task State Change"),
  detail: v.object({
    clusterArn: name,
    taskArn: name,
    taskDefinitionArn: name,
    group: v.optional(name),
    startedBy: v.optional(name),
    lastStatus: v.literal("STOPPED"),
    createdAt: v.nullish(v.string()),
    /** When it began to run; absent for a task that never did. */
    startedAt: v.nullish(v.unknown()),
    stopCode: v.nullish(v.string()),
    stoppedReason: v.nullish(v.string()),
    containers: v.optional(v.array(container), []),
  }),
});

/** A task that has stopped, as an event of ECS tells of it. */
export type StoppedTask = v.InferOutput<typeof stateChange>["detail"];

/** What ECS says about a task that stopped; undefined for every other event. */
export const readStoppedTask = (event: unknown): StoppedTask | undefined => {
  const result = v.safeParse(stateChange, event);
  return result.success ? result.output.detail : undefined;
};

/** A task's end as both an event and a description of ECS show it. */
export type Ended = {
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

export type Outcome = {
  end: TaskEnd;
  /** In one word, as metrics have it; absent for an end that needs none. */
  cause?: string;
};

// Somebody or something that manages the task wanted it to stop, whatever its containers made of that.
const deliberate = ["UserInitiated", "ServiceSchedulerInitiated"];

/** What ECS and its containers say about the end of a task. */
export const reasonOf = ({ stoppedReason, containers = [] }: Ended): string => {
  const ofContainers = containers.map(({ name, exitCode, reason }) =>
    [typeof exitCode === "number" && exitCode !== 0 && `${name} exited with ${exitCode}`, reason]
      .filter(Boolean)
      .join(": "),
  );
  return [stoppedReason, ...ofContainers].filter(Boolean).join("; ") || "no reason given";
};

const failureOf = ({ containers = [] }: Ended, essential: readonly string[]): string | undefined => {
  const named = containers.filter(({ name }) => essential.includes(name ?? ""));
  // A definition that somebody else deployed may call its containers otherwise.
  const decisive = named.length > 0 ? named : containers;
  if (decisive.some(({ reason }) => /OutOfMemory/i.test(reason ?? ""))) return "OutOfMemory";
  if (decisive.some(({ exitCode }) => typeof exitCode === "number" && exitCode !== 0)) return "ExitCode";
  if (decisive.some(({ healthStatus }) => healthStatus === "UNHEALTHY")) return "Unhealthy";
  if (!decisive.some(({ exitCode }) => exitCode === 0)) return "NoExitCode";
  return undefined;
};

/**
 * How a task has ended. Interrupted is by exclusion: AWS adds stop codes, and a task that ended by one that is unknown
 * here must not pass for one that has done its work.
 * @param essential names of the containers whose exit decides
 */
export const outcomeOf = (task: Ended, essential: readonly string[]): Outcome => {
  const { startedAt, stopCode } = task;
  if (deliberate.includes(stopCode ?? "")) return { end: "stopped" };
  if (stopCode === "EssentialContainerExited") {
    const cause = failureOf(task, essential);
    return cause ? { end: "failed", cause } : { end: "succeeded" };
  }
  if (startedAt === undefined || startedAt === null || stopCode === "TaskFailedToStart") {
    return { end: "unstarted", cause: "TaskFailedToStart" };
  }
  // A metric has it as a dimension.
  return { end: "interrupted", cause: /^\w{1,64}$/.test(stopCode ?? "") ? stopCode! : "Unknown" };
};

// Capacity, network interfaces, registries and secret stores that are slow or throttle for a while. What ECS says when
// an image, a secret or a permission is missing matches none of it.
const transient =
  /capacity|network interface|time(d )?[ -]?out|deadline exceeded|throttl|rate exceeded|too ?many ?requests|connection (reset|refused)|unexpected eof|temporar|unavailable|spot|internal ?error/i;

/** Whether a task that did not start may start at the next attempt. */
export const mayStartLater = (task: Ended): boolean =>
  // Taken away while it was starting, by Spot or by its host: nothing was wrong with the task itself.
  task.stopCode !== "TaskFailedToStart" || transient.test(reasonOf(task));
