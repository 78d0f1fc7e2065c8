import { randomUUID } from "node:crypto";
import type { ECSClient, Task } from "@aws-sdk/client-ecs";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { createReport, type Report } from "../handlers/register-targets/report";
import { createServiceTasks } from "../handlers/register-targets/service-tasks";
import { stopTask } from "../handlers/shared/stop-task";
import { findServiceOfTask } from "../handlers/shared/task-group";
import { checkServices, type Deployment } from "./deployment";
import { describeTasks } from "./describe-tasks";
import { invokeRegistrar } from "./registrar";

type Clients = { lambda: LambdaClient; ecs: ECSClient };

/** ECS shows it as the reason why the task has stopped. */
const reason = "Stopped by the command stop of cdktf-event-driven-ecs";
const taskId = /^(?:arn:[\w-]+:ecs:.*:task\/(?:.+\/)?)?([0-9a-f]{32}|[0-9a-f-]{36})$/;

/**
 * Stops all tasks of services, or tasks by id or ARN. A task whose target must drain first is left to the registrar; others
 * are stopped by ECS.
 * @throws Error that names what is neither a service nor a running task
 */
export async function stopTasks(
  clients: Clients,
  deployment: Deployment,
  names: readonly string[],
): Promise<Record<string, Report>> {
  const ids = names.filter((name) => !Object.hasOwn(deployment.routes, name) && taskId.test(name));
  const services = names.filter((name) => !ids.includes(name));
  checkServices(deployment, services);
  // All of them are found before the first is stopped.
  const tasks = await Promise.all(ids.map((id) => findTask(clients.ecs, deployment, taskId.exec(id)![1]!)));
  const reports = services.length === 0 ? {} : await stopServices(clients, deployment, services);
  for (const task of tasks) {
    const report = await stopOne(clients, deployment, task);
    const { stopped, draining } = reports[task.service] ?? createReport();
    reports[task.service] = {
      ...report,
      stopped: [...new Set([...stopped, ...report.stopped])],
      draining: [...new Set([...draining, ...report.draining])],
    };
  }
  return reports;
}

async function stopServices(
  { lambda, ecs }: Clients,
  deployment: Deployment,
  services: readonly string[],
): Promise<Record<string, Report>> {
  if (deployment.registrarFunction !== undefined)
    return invokeRegistrar(lambda, deployment, {
      id: randomUUID(),
      source: "cdktf-event-driven-ecs",
      "detail-type": "Stop ECS Tasks",
      time: new Date().toISOString(),
      detail: { services },
    });
  const reports: Record<string, Report> = {};
  for (const service of services) {
    const route = deployment.routes[service]!;
    const stopped: string[] = [];
    for (const { taskArn = "" } of await createServiceTasks(ecs, service, route).list()) {
      await stopTask(ecs, route.cluster, taskArn, reason);
      stopped.push(taskArn);
    }
    reports[service] = { ...createReport(), stopped };
  }
  return reports;
}

type FoundTask = { service: string; task: Task };

async function findTask(ecs: ECSClient, { name, routes }: Deployment, id: string): Promise<FoundTask> {
  for (const cluster of new Set(Object.values(routes).map((route) => route.cluster))) {
    const [task] = await describeTasks(ecs, cluster, [id]);
    if (task === undefined) continue;
    const { clusterArn = "", taskDefinitionArn = "", group } = task;
    const service = findServiceOfTask(routes, { clusterArn, taskDefinitionArn, group });
    if (service !== undefined && task.desiredStatus === "RUNNING") return { service, task };
  }
  throw new Error(`The launcher "${name}" has no running task ${id}; \`status\` shows those that it has.`);
}

async function stopOne(
  { lambda, ecs }: Clients,
  deployment: Deployment,
  { service, task: { taskArn = "", lastStatus } }: FoundTask,
): Promise<Report> {
  const route = deployment.routes[service]!;
  const mayHaveTarget = route.targetGroup !== undefined && lastStatus === "RUNNING";
  if (!mayHaveTarget || deployment.registrarFunction === undefined) {
    await stopTask(ecs, route.cluster, taskArn, reason);
    return { ...createReport(), stopped: [taskArn] };
  }
  // As the registrar does for a service: the tag says that the task stops, and its target drains first.
  await createServiceTasks(ecs, service, route).mark(taskArn, randomUUID());
  const reports = await invokeRegistrar(lambda, deployment, { recheck: service, tasks: [taskArn] });
  return reports[service] ?? createReport();
}
