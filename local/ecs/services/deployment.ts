import type { Task } from "../task";
import { AT_ONCE_MS, restartDelayMs } from "./restart-delay";
import type { LaunchSettings } from "./settings";

export type RolloutState = "IN_PROGRESS" | "COMPLETED" | "FAILED";

/** The tasks of an ECS service from one task definition and its settings. */
export class Deployment {
  readonly tasks = new Set<Task>();
  /** failed tasks since the last healthy one */
  failedTasks = 0;
  rolloutState: RolloutState = "IN_PROGRESS";
  rolloutStateReason: string;
  updatedAt: Date;
  /** No task is started before. */
  notBefore = 0;
  /** whether the circuit breaker has rolled the service back to it */
  isRollback = false;
  private failedStarts = 0;

  constructor(
    readonly id: string,
    readonly taskDefinition: string,
    readonly settings: LaunchSettings,
    readonly createdAt: Date,
  ) {
    this.updatedAt = createdAt;
    this.rolloutStateReason = `ECS deployment ${id} in progress.`;
  }

  /** The tasks that are not being stopped. */
  get living(): Task[] {
    return [...this.tasks].filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  }

  get runningCount(): number {
    return [...this.tasks].filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  }

  get pendingCount(): number {
    return this.living.filter(({ lastStatus }) => lastStatus !== "RUNNING").length;
  }

  enter(state: RolloutState, reason: string, now: Date): void {
    this.rolloutState = state;
    this.rolloutStateReason = reason;
    this.updatedAt = now;
  }

  rollBack(reason: string, now: Date): void {
    this.isRollback = true;
    this.failedTasks = 0;
    this.enter("IN_PROGRESS", reason, now);
  }

  /** A task did not reach RUNNING, or could not be placed. Returns how many rounds of starts have failed. */
  startFailed(now: Date): number {
    this.failedTasks += 1;
    return this.delay(now, false);
  }

  /** A task that ran has ended. */
  ended({ stopCode, times }: Task, now: Date): void {
    const ran = Number(times.stoppingAt ?? now) - Number(times.startedAt ?? now);
    if (stopCode === "EssentialContainerExited" && ran < AT_ONCE_MS) this.delay(now, true);
    else this.failedStarts = 0;
  }

  private delay(now: Date, hasRun: boolean): number {
    // Tasks that were started together fail together, and count as one round.
    if (now.getTime() >= this.notBefore) {
      this.failedStarts += 1;
      this.notBefore = now.getTime() + restartDelayMs(this.failedStarts, hasRun);
    }
    return this.failedStarts;
  }
}
