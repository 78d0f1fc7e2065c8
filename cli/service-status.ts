import { DescribeTaskDefinitionCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createServiceTasks } from "../handlers/register-targets/service-tasks";
import { isStopping } from "../handlers/register-targets/task-state";
import { PermanentError } from "../handlers/shared/failures";
import { createTargetGroup, type TargetDescription } from "../handlers/shared/target-group";
import { findTargets, formatTarget } from "../handlers/shared/task-target";
import type { Route } from "../handlers/start-task/environment";

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
  /** What does not match, and why. Empty if all is well. */
  problems: string[];
};

/** From RUNNING to registered it is one event; document 001 gives it a minute. */
const registrationSeconds = 60;

/** States of a registered target that requests do not reach; `unused`: no rule of the listener leads to its group. */
const getsNothing = ["unhealthy", "unused"];

const seconds = (from: Date | undefined, now: number): number =>
  Math.max(0, Math.round((now - (from?.getTime() ?? now)) / 1000));

const idOf = ({ taskArn = "" }: Task): string => taskArn.slice(taskArn.lastIndexOf("/") + 1);

const statusOf = (task: Task): string =>
  isStopping(task) ? `${task.lastStatus}, to be stopped` : (task.lastStatus ?? "");

/** What there is of one service: its tasks, its targets, and what of them does not match. */
export async function serviceStatus(
  { ecs, elb, now }: { ecs: ECSClient; elb: ElasticLoadBalancingV2Client; now: number },
  service: string,
  route: Route,
): Promise<ServiceStatus> {
  const found = await createServiceTasks(ecs, service, route).list();
  const running = found.filter(({ lastStatus }) => lastStatus === "RUNNING");
  const targets = await findTargets(ecs, route, running);
  const targetOf = (task: Task): string | null => {
    const target = targets.get(task.taskArn ?? "");
    return target ? formatTarget(target) : null;
  };
  const problems = await problemsOfDefinition(ecs, route);

  let members: TargetDescription[] = [];
  if (route.targetGroup !== undefined) {
    try {
      members = await createTargetGroup(elb, route.targetGroup).describe();
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      problems.push(error.message);
    }
    const registered = members.filter(({ isDraining: draining }) => !draining);
    const held = new Set(registered.map(formatTarget));
    for (const task of running.filter((each) => !isStopping(each))) {
      const target = targetOf(task);
      const age = seconds(task.startedAt, now);
      if ((target === null || !held.has(target)) && age > registrationSeconds) {
        problems.push(`task ${idOf(task)} has run for ${age} s and is not registered`);
      }
    }
    const wanted = new Set(running.map(targetOf));
    for (const member of registered) {
      const key = formatTarget(member);
      if (!wanted.has(key)) problems.push(`target ${key} is registered and no running task stands behind it`);
      else if (getsNothing.includes(member.health.State ?? ""))
        problems.push(`target ${key} is ${member.health.State}: ${why(member)}`);
    }
  }
  return {
    service,
    tasks: found.map((task) => ({
      taskId: idOf(task),
      status: statusOf(task),
      ageSeconds: seconds(task.createdAt, now),
      target: targetOf(task),
    })),
    targets: members.map((member) => ({
      target: formatTarget(member),
      health: member.health.State ?? "",
      reason: member.health.Reason ?? null,
    })),
    problems,
  };
}

const why = ({ health: { Reason, Description } }: TargetDescription): string =>
  [Reason, Description].filter(Boolean).join(": ");

async function problemsOfDefinition(ecs: ECSClient, { family }: Route): Promise<string[]> {
  const active = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family })).then(
    ({ taskDefinition }) => taskDefinition?.status === "ACTIVE",
    (error) => {
      if (error instanceof Error && error.name === "ClientException") return false;
      throw error;
    },
  );
  return active ? [] : [`the task definition ${family} has no active revision, so no task can start`];
}
