import type { PortMapping, TaskDefinition } from "./types";

/** A container instance of a cluster, as ECS describes it. */
export interface ContainerInstance {
  containerInstanceArn: string;
  ec2InstanceId: string;
}

/** A port of a container that is bound to a port of its container instance. */
export interface PortBinding {
  container: string;
  containerPort: number;
  hostPort: number;
  protocol: string;
}

export interface Placement extends ContainerInstance {
  bindings: PortBinding[];
}

/** The part of a task that its placement depends on. */
interface Placed {
  launch: { placement?: Placement };
}

// Docker's default (net.ipv4.ip_local_port_range of Linux).
const FIRST_DYNAMIC_PORT = 32_768;

/** Chooses the container instance with the fewest running tasks on which the task's ports are free; undefined if none. */
export function place(
  definition: TaskDefinition,
  instances: ContainerInstance[],
  living: Placed[],
): Placement | undefined {
  const tasksOn = ({ containerInstanceArn }: ContainerInstance) =>
    living.filter(({ launch }) => launch.placement?.containerInstanceArn === containerInstanceArn);
  return instances
    .map((instance) => ({ instance, tasks: tasksOn(instance) }))
    .sort((a, b) => a.tasks.length - b.tasks.length)
    .map(({ instance, tasks }) => placeOn(instance, tasks, definition))
    .find((placement) => placement !== undefined);
}

function placeOn(
  instance: ContainerInstance,
  tasks: Placed[],
  { containerDefinitions, networkMode = "bridge" }: TaskDefinition,
): Placement | undefined {
  const { containerInstanceArn, ec2InstanceId } = instance;
  const bindings: PortBinding[] = [];
  const taken = new Set(
    tasks.flatMap(({ launch }) => launch.placement?.bindings.map(({ hostPort }) => hostPort)),
  );
  // With awsvpc each task has its own address and so all ports.
  const mapped = networkMode === "awsvpc" ? [] : containerDefinitions;
  for (const { name, portMappings = [] } of mapped) {
    for (const mapping of portMappings) {
      const hostPort = fixedPort(mapping, networkMode) || lowestFree(taken);
      if (taken.has(hostPort)) return undefined;
      taken.add(hostPort);
      const { containerPort, protocol = "tcp" } = mapping;
      bindings.push({ container: name, containerPort, hostPort, protocol });
    }
  }
  return { containerInstanceArn, ec2InstanceId, bindings };
}

function fixedPort({ containerPort, hostPort }: PortMapping, networkMode: string): number | undefined {
  return networkMode === "host" ? containerPort : hostPort;
}

function lowestFree(taken: Set<number | undefined>): number {
  let port = FIRST_DYNAMIC_PORT;
  while (taken.has(port)) port += 1;
  return port;
}
