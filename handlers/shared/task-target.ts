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

/**
 * Whether ECS shows that nobody else can have the target of a task: its network interface, or the container that
 * listens, is still there. What comes after that is not promised by ECS.
 */
export const holdsTarget = (
  { attachments = [], containers = [], lastStatus = "" }: Task,
  { container, targetType }: Pick<TargetRoute, "container" | "targetType">,
): boolean => {
  const beforeDeprovisioning = ["RUNNING", "DEACTIVATING", "STOPPING"].includes(lastStatus);
  if (targetType === "instance") {
    // A port is free again when its container has stopped, however long the task goes on.
    return (
      beforeDeprovisioning && containers.find(({ name }) => name === container)?.lastStatus === "RUNNING"
    );
  }
  const status = attachments.find(({ type = "" }) => interfaceTypes.includes(type))?.status;
  return beforeDeprovisioning || (lastStatus === "DEPROVISIONING" && status === "ATTACHED");
};

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
const maxInstances = 100;

/** Ids of instances by ARN of the container instance. The two belong together for ever, so they may be kept. */
export type InstanceIds = Map<string, string>;

const learnInstances = async (
  ecs: ECSClient,
  { cluster }: TargetRoute,
  tasks: readonly Task[],
  ids: InstanceIds,
): Promise<void> => {
  const arns = new Set(tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []));
  const unknown = [...arns].filter((arn) => !ids.has(arn));
  for (const containerInstances of inChunks(unknown, maxInstances)) {
    const answer = await ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances }));
    for (const { containerInstanceArn, ec2InstanceId } of answer.containerInstances ?? []) {
      if (containerInstanceArn && ec2InstanceId) ids.set(containerInstanceArn, ec2InstanceId);
    }
  }
};

/**
 * Where requests to tasks of a route go, by ARN of the task. A task whose target ECS does not know yet is left out:
 * ask again with a newer description.
 * @param tasks as DescribeTasks describes them
 * @param ids instances that are known already; those that ECS is asked about are added
 */
export const targetsOf = async (
  ecs: ECSClient,
  route: TargetRoute,
  tasks: readonly Task[],
  ids: InstanceIds = new Map(),
): Promise<Map<string, Target>> => {
  const ofInstances = route.targetType === "instance";
  if (ofInstances) await learnInstances(ecs, route, tasks, ids);
  const targets = new Map<string, Target>();
  for (const task of tasks) {
    const id = ofInstances ? ids.get(task.containerInstanceArn ?? "") : addressOf(task);
    const port = ofInstances ? hostPortOf(task, route) : portOf(task, route);
    if (task.taskArn && id && port) targets.set(task.taskArn, { id, port });
  }
  return targets;
};
