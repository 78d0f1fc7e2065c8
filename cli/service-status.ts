import { DescribeTaskDefinitionCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Route } from "../handlers/launch/route";
import { createServiceTasks } from "../handlers/register-targets/service-tasks";
import { isStopping } from "../handlers/register-targets/task-state";
import { PermanentError } from "../handlers/shared/failures";
import { createTargetGroup, type TargetDescription } from "../handlers/shared/target-group";
import { findTargets, formatTarget } from "../handlers/shared/task-target";

export type TaskStatus = {
  taskId: string;
  status: string;
  ageSeconds: number;
  /** Address and port, once ECS knows them. */
  target: string | null;
};

export type TargetStatus = { target: string; health: string; reason: string | null };

export type ServiceStatus = {
  service: string;
  tasks: TaskStatus[];
  targets: TargetStatus[];
  /** What is out of sync, and why. Empty when the service is in sync. */
  problems: string[];
};

/** A running task is normally registered within seconds, by the event that says RUNNING. */
const maxRegistrationSeconds = 60;

/** Health of targets that get no requests. `unused`: no listener rule forwards to the target group. */
const healthWithoutRequests = ["unhealthy", "unused"];

const secondsSince = (from: Date | undefined, now: number): number =>
  Math.max(0, Math.round((now - (from?.getTime() ?? now)) / 1000));

const readTaskId = ({ taskArn = "" }: Task): string => taskArn.slice(taskArn.lastIndexOf("/") + 1);

const describeStatus = (task: Task): string =>
  isStopping(task) ? `${task.lastStatus}, stopping after the drain` : (task.lastStatus ?? "");

/** Reads the tasks and targets of a service, and compares them. */
export async function readServiceStatus(
  { ecs, elb, now }: { ecs: ECSClient; elb: ElasticLoadBalancingV2Client; now: number },
  service: string,
  route: Route,
): Promise<ServiceStatus> {
  const tasks = await createServiceTasks(ecs, service, route).list();
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
  const targets = await findTargets(ecs, route, running);
  const formatTaskTarget = (task: Task): string | null => {
    const target = targets.get(task.taskArn ?? "");
    return target ? formatTarget(target) : null;
  };
  const problems = await findTaskDefinitionProblems(ecs, route);

  let descriptions: TargetDescription[] = [];
  if (route.targetGroup !== undefined) {
    try {
      descriptions = await createTargetGroup(elb, route.targetGroup).describe();
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      problems.push(error.message);
    }
    const registered = descriptions.filter(({ isDraining: draining }) => !draining);
    const registeredKeys = new Set(registered.map(formatTarget));
    for (const task of running.filter((each) => !isStopping(each))) {
      const target = formatTaskTarget(task);
      const age = secondsSince(task.startedAt, now);
      if ((target === null || !registeredKeys.has(target)) && age > maxRegistrationSeconds) {
        problems.push(`task ${readTaskId(task)} has run for ${age} s and is not registered`);
      }
    }
    const runningKeys = new Set(running.map(formatTaskTarget));
    for (const description of registered) {
      const key = formatTarget(description);
      if (!runningKeys.has(key)) problems.push(`target ${key} is registered and has no running task`);
      else if (healthWithoutRequests.includes(description.health.State ?? ""))
        problems.push(`target ${key} is ${description.health.State}: ${describeHealth(description)}`);
    }
  }
  return {
    service,
    tasks: tasks.map((task) => ({
      taskId: readTaskId(task),
      status: describeStatus(task),
      ageSeconds: secondsSince(task.createdAt, now),
      target: formatTaskTarget(task),
    })),
    targets: descriptions.map((description) => ({
      target: formatTarget(description),
      health: description.health.State ?? "",
      reason: description.health.Reason ?? null,
    })),
    problems,
  };
}

const describeHealth = ({ health: { Reason, Description } }: TargetDescription): string =>
  [Reason, Description].filter(Boolean).join(": ");

async function findTaskDefinitionProblems(ecs: ECSClient, { family }: Route): Promise<string[]> {
  const active = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family })).then(
    ({ taskDefinition }) => taskDefinition?.status === "ACTIVE",
    (error) => {
      if (error instanceof Error && error.name === "ClientException") return false;
      throw error;
    },
  );
  return active ? [] : [`the task definition ${family} has no active revision, so no task can start`];
}
