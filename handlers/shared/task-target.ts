import { DescribeContainerInstancesCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { inChunks } from "./chunks";

/** A member of a target group: an IP address or the id of an instance, and a port. */
export type Target = { id: string; port: number };

/** What a route says about the target of its tasks. */
export type TargetRoute = {
  /** Name or ARN. */
  cluster: string;
  /** The container that listens. */
  container: string;
  /** The port that it listens on, unless the launch told it another one. */
  port?: number | undefined;
  /** What the target group holds: addresses of tasks or instances that tasks run on. */
  targetType?: "ip" | "instance" | undefined;
  /** Absent: awsvpc with addresses, bridge with instances. */
  networkMode?: "awsvpc" | "bridge" | "host" | undefined;
};

/** Equal for equal targets. */
export const targetKey = ({ id, port }: Target): string => `${id}:${port}`;

// ECS itself spells these in two ways: ElasticNetworkInterface and privateIPv4Address where the API describes a task,
// eni in events, privateIpv4Address at containers.
const interfaceTypes = ["ElasticNetworkInterface", "eni"];

/** The private IP address of a task, once ECS knows it. */
export const addressOf = ({
  attachments = [],
  containers = [],
}: Pick<Task, "attachments" | "containers">) => {
  const details = attachments
    .filter(({ type = "" }) => interfaceTypes.includes(type))
    .flatMap((attachment) => attachment.details ?? []);
  return (
    details.find(({ name }) => name === "privateIPv4Address")?.value ??
    containers
      .flatMap(({ networkInterfaces = [] }) => networkInterfaces)
      .find(({ privateIpv4Address }) => privateIpv4Address)?.privateIpv4Address
  );
};

// An event may have overridden the port; the launch told the container so, and nobody else.
const portOf = ({ overrides }: Task, { container, port }: TargetRoute): number | undefined => {
  const told = overrides?.containerOverrides
    ?.find(({ name }) => name === container)
    ?.environment?.find(({ name }) => name === "PORT")?.value;
  return told === undefined ? port : Number(told);
};

const hostPortOf = (task: Task, route: TargetRoute): number | undefined => {
  const port = portOf(task, route);
  if (route.networkMode === "host") return port;
  return task.containers
    ?.find(({ name }) => name === route.container)
    ?.networkBindings?.find(
      ({ containerPort, protocol = "tcp" }) => containerPort === port && protocol === "tcp",
    )?.hostPort;
};

// DescribeContainerInstances takes 100 of them (its API reference).
const mostInstances = 100;

const instancesOf = async (
  ecs: ECSClient,
  { cluster }: TargetRoute,
  tasks: readonly Task[],
): Promise<Map<string, string>> => {
  const arns = new Set(tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []));
  const found = new Map<string, string>();
  for (const containerInstances of inChunks([...arns], mostInstances)) {
    const answer = await ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances }));
    for (const { containerInstanceArn, ec2InstanceId } of answer.containerInstances ?? []) {
      if (containerInstanceArn && ec2InstanceId) found.set(containerInstanceArn, ec2InstanceId);
    }
  }
  return found;
};

/**
 * Where requests to tasks of a route go, by ARN of the task. A task whose target ECS does not know yet is left out:
 * ask again with a newer description.
 * @param tasks as DescribeTasks describes them
 */
export const targetsOf = async (
  ecs: ECSClient,
  route: TargetRoute,
  tasks: readonly Task[],
): Promise<Map<string, Target>> => {
  const ofInstances = route.targetType === "instance";
  const instances = ofInstances ? await instancesOf(ecs, route, tasks) : undefined;
  const targets = new Map<string, Target>();
  for (const task of tasks) {
    const id = instances ? instances.get(task.containerInstanceArn ?? "") : addressOf(task);
    const port = instances ? hostPortOf(task, route) : portOf(task, route);
    if (task.taskArn && id && port) targets.set(task.taskArn, { id, port });
  }
  return targets;
};
