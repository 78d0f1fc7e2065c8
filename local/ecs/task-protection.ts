import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Task } from "./task";

/** A task of a request; without `task` ECS does not know it. */
export interface AskedTask {
  arn: string;
  task: Task | undefined;
}

export interface ProtectedTask {
  taskArn: string;
  protectionEnabled: boolean;
  /** seconds since 1970 */
  expirationDate?: number;
}

export interface ProtectionFailure {
  arn: string;
  reason: "MISSING" | "TASK_NOT_VALID";
  detail?: string;
}

export interface ProtectionAnswer {
  protectedTasks: ProtectedTask[];
  failures: ProtectionFailure[];
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2880;
const MAX_UPDATED = 10;
const MAX_READ = 100;

/** Scale-in protection: the scheduler of an ECS service stops no protected task, neither to scale in nor for a deployment. */
export class TaskProtection {
  /** @param changed called when the protection of a task has changed */
  constructor(
    private readonly clock: Clock,
    private readonly changed: (task: Task) => void,
  ) {}

  get(asked: AskedTask[]): ProtectionAnswer {
    checkNumber(asked, MAX_READ);
    return this.answer(asked, () => {});
  }

  /** @param enabled false ends the protection */
  update(asked: AskedTask[], enabled: unknown, minutes: number = DEFAULT_MINUTES): ProtectionAnswer {
    if (typeof enabled !== "boolean")
      throw new AwsError("InvalidParameterException", "protectionEnabled must be true or false.");
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
      throw new AwsError(
        "InvalidParameterException",
        `expiresInMinutes is ${minutes}; it must be a whole number from 1 to ${MAX_MINUTES}.`,
      );
    }
    checkNumber(asked, MAX_UPDATED);
    const until = new Date(this.clock.now().getTime() + minutes * 60_000);
    return this.answer(asked, (task) => {
      task.protectedUntil = enabled ? until : undefined;
      this.changed(task);
    });
  }

  private answer(asked: AskedTask[], change: (task: Task) => void): ProtectionAnswer {
    const protectedTasks: ProtectedTask[] = [];
    const failures: ProtectionFailure[] = [];
    for (const { arn, task } of asked) {
      const failure = failureOf(arn, task);
      if (!task || failure) {
        failures.push(failure ?? { arn, reason: "MISSING" });
        continue;
      }
      change(task);
      protectedTasks.push(this.described(task));
    }
    return { protectedTasks, failures };
  }

  private described(task: Task): ProtectedTask {
    if (!task.protectedUntil || !task.isProtected(this.clock.now()))
      return { taskArn: task.arn, protectionEnabled: false };
    return {
      taskArn: task.arn,
      protectionEnabled: true,
      expirationDate: task.protectedUntil.getTime() / 1000,
    };
  }
}

function checkNumber(asked: AskedTask[], max: number): void {
  if (asked.length >= 1 && asked.length <= max) return;
  throw new AwsError("InvalidParameterException", `${asked.length} tasks are given; allowed: 1 to ${max}.`);
}

function failureOf(arn: string, task: Task | undefined): ProtectionFailure | undefined {
  if (!task) return { arn, reason: "MISSING" };
  if (task.launch.input.group?.startsWith("service:") && task.desiredStatus === "RUNNING") return undefined;
  const detail =
    task.desiredStatus === "RUNNING"
      ? "The task does not belong to an ECS service."
      : "The task is being stopped.";
  return { arn, reason: "TASK_NOT_VALID", detail };
}
