import type { StateChange } from "./input";
import type { RecordRefusal } from "./service-changes";

/** A task that one or several messages are about. */
export type TaskToCheck = {
  service: string;
  taskArn: string;
  /** A description with a lower version is out of date. */
  minVersion?: number | undefined;
  /** An event says that the task runs, and the event is recent enough for ECS to know the task still. */
  isReportedRunning?: boolean;
  /** When the task began to run, in ms since 1970, from its event. */
  runningSince?: number | undefined;
  /** When an event said that the task ends, in ms since 1970. */
  endedAt?: number | undefined;
  /** From an event. */
  privateIp?: string | undefined;
  /**
   * When an earlier attempt to handle its message had certainly ended, in ms since 1970. That attempt may have changed
   * a target and then failed before it could verify the change. Absent: there was no earlier attempt.
   */
  earlierAttemptEndedBy?: number | undefined;
  recordRefusal: RecordRefusal;
};

/**
 * Identifies a task to check. The service is part of the key, so that a message which names a task under a wrong service
 * does not affect the messages with the right one.
 */
export const toTaskKey = (service: string, taskArn: string): string => `${service} ${taskArn}`;

/** ECS describes a task for at least an hour after it has stopped (API reference of DescribeTasks). */
export const describableMs = 3_600_000;
/** Older or later event times are ignored: EventBridge retries for a day, and clocks differ by less than a minute. */
const maxLagMs = 24 * 3_600_000;
const maxSkewMs = 60_000;

/** Adds what an event says about the task. */
export const addStateChange = (
  task: TaskToCheck,
  { version, lastStatus, time, privateIp }: StateChange,
  now: number,
): void => {
  task.minVersion = Math.max(task.minVersion ?? 0, version ?? 0);
  task.privateIp = privateIp ?? task.privateIp;
  if (lastStatus === "RUNNING") {
    task.isReportedRunning ||= time === undefined || now - time < describableMs;
    if (time === undefined || time > now + maxSkewMs || time < now - maxLagMs) return;
    task.runningSince = Math.min(task.runningSince ?? now, time);
  } else if (time !== undefined) {
    task.endedAt = Math.max(task.endedAt ?? 0, time);
  }
};
