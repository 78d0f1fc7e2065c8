import { DescribeContainerInstancesCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { splitIntoChunks } from "./chunks";

/** A target of a target group: an IP address or an instance id, and a port. */
export type Target = { id: string; port: number };

/** The settings of a launch route that tell the target of a task. */
export type TaskTargetSettings = {
  /** Name or ARN. */
  cluster: string;
  /** The container that listens. */
  container: string;
  /** The port that it listens on, unless the launch sets another one. */
  port?: number | undefined;
  /** Target type of the target group: `ip` for addresses of tasks, `instance` for container instances. */
  targetType?: "ip" | "instance" | undefined;
  /** Absent: awsvpc for `ip`, bridge for `instance`. */
  networkMode?: "awsvpc" | "bridge" | "host" | undefined;
};

/** `id:port`, for comparison and for messages. */
export const formatTarget = ({ id, port }: Target): string => `${id}:${port}`;

// DescribeTasks says ElasticNetworkInterface, events say eni. Attachments have privateIPv4Address, containers
// privateIpv4Address.
const interfaceTypes = ["ElasticNetworkInterface", "eni"];

/**
 * Whether the task certainly still holds its target, because its network interface or its listening container exists.
 * Otherwise another task may have the same target already.
 */
export const holdsTarget = (
  { attachments = [], containers = [], lastStatus = "" }: Task,
  { container, targetType }: Pick<TaskTargetSettings, "container" | "targetType">,
): boolean => {
  const beforeDeprovisioning = ["RUNNING", "DEACTIVATING", "STOPPING"].includes(lastStatus);
  if (targetType === "instance") {
    // A host port is free again when its container has stopped, even if the task still runs.
    return (
      beforeDeprovisioning && containers.find(({ name }) => name === container)?.lastStatus === "RUNNING"
    );
  }
  const status = attachments.find(({ type = "" }) => interfaceTypes.includes(type))?.status;
  return beforeDeprovisioning || (lastStatus === "DEPROVISIONING" && status === "ATTACHED");
};

/** The private IP address of a task; undefined while ECS does not know it. */
export const findPrivateIp = ({
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

// A launch passes an overridden port to the container only, in its environment.
const readPort = ({ overrides }: Task, { container, port }: TaskTargetSettings): number | undefined => {
  const overridden = overrides?.containerOverrides
    ?.find(({ name }) => name === container)
    ?.environment?.find(({ name }) => name === "PORT")?.value;
  return overridden === undefined ? port : Number(overridden);
};

const readHostPort = (task: Task, route: TaskTargetSettings): number | undefined => {
  const port = readPort(task, route);
  if (route.networkMode === "host") return port;
  return task.containers
    ?.find(({ name }) => name === route.container)
    ?.networkBindings?.find(
      ({ containerPort, protocol = "tcp" }) => containerPort === port && protocol === "tcp",
    )?.hostPort;
};

// The limit of DescribeContainerInstances (its API reference).
const maxInstances = 100;

/** Instance ids by ARN of the container instance. They never change, so they are cached. */
export type InstanceIds = Map<string, string>;

const loadInstanceIds = async (
  ecs: ECSClient,
  { cluster }: TaskTargetSettings,
  tasks: readonly Task[],
  ids: InstanceIds,
): Promise<void> => {
  const arns = new Set(tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []));
  const unknown = [...arns].filter((arn) => !ids.has(arn));
  for (const containerInstances of splitIntoChunks(unknown, maxInstances)) {
    const answer = await ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances }));
    for (const { containerInstanceArn, ec2InstanceId } of answer.containerInstances ?? []) {
      if (containerInstanceArn && ec2InstanceId) ids.set(containerInstanceArn, ec2InstanceId);
    }
  }
};

/**
 * The targets of tasks, by ARN of the task. A task whose target ECS does not know yet is left out.
 * @param tasks as DescribeTasks describes them
 * @param ids cache of instance ids
 */
export const findTargets = async (
  ecs: ECSClient,
  route: TaskTargetSettings,
  tasks: readonly Task[],
  ids: InstanceIds = new Map(),
): Promise<Map<string, Target>> => {
  const usesInstances = route.targetType === "instance";
  if (usesInstances) await loadInstanceIds(ecs, route, tasks, ids);
  const targets = new Map<string, Target>();
  for (const task of tasks) {
    const id = usesInstances ? ids.get(task.containerInstanceArn ?? "") : findPrivateIp(task);
    const port = usesInstances ? readHostPort(task, route) : readPort(task, route);
    if (task.taskArn && id && port) targets.set(task.taskArn, { id, port });
  }
  return targets;
};
