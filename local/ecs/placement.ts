import type { PortMapping, TaskDefinition } from "./types";

/** A container instance of a cluster, as ECS describes it. */
export interface ContainerInstance {
  containerInstanceArn: string;
  ec2InstanceId: string;
  /** absent: no limits */
  registeredResources?: { name: string; integerValue?: number }[];
}

/** Why no container instance takes a task, as `failures` of RunTask and `stoppedReason` have it. */
export type Unplaced = "RESOURCE:CPU" | "RESOURCE:MEMORY" | "RESOURCE:PORTS";

/** A port of a container that is bound to a port of its container instance. */
export interface PortBinding {
  container: string;
  containerPort: number;
  hostPort: number;
  protocol: string;
}

export interface Placement extends Pick<ContainerInstance, "containerInstanceArn" | "ec2InstanceId"> {
  bindings: PortBinding[];
}

/** The part of a task that its placement depends on. */
interface Placed {
  launch: { placement?: Placement; definition: TaskDefinition };
}

// Docker's default (net.ipv4.ip_local_port_range of Linux).
const FIRST_DYNAMIC_PORT = 32_768;

/**
 * Chooses the container instance with the fewest running tasks that has room for the task and its ports. Returns what is
 * missing on the last of them if there is none.
 */
export function place(
  definition: TaskDefinition,
  instances: ContainerInstance[],
  living: Placed[],
): Placement | Unplaced {
  const tasksOn = ({ containerInstanceArn }: ContainerInstance) =>
    living.filter(({ launch }) => launch.placement?.containerInstanceArn === containerInstanceArn);
  const tried = instances
    .map((instance) => ({ instance, tasks: tasksOn(instance) }))
    .sort((a, b) => a.tasks.length - b.tasks.length)
    .map(({ instance, tasks }) => placeOn(instance, tasks, definition));
  return tried.find((placement) => typeof placement !== "string") ?? tried.at(-1) ?? "RESOURCE:MEMORY";
}

function placeOn(
  instance: ContainerInstance,
  tasks: Placed[],
  definition: TaskDefinition,
): Placement | Unplaced {
  const { containerInstanceArn, ec2InstanceId, registeredResources = [] } = instance;
  for (const resource of ["cpu", "memory"] as const) {
    const name = resource === "cpu" ? "CPU" : "MEMORY";
    const limit = registeredResources.find((registered) => registered.name === name)?.integerValue;
    const used = tasks.reduce((sum, { launch }) => sum + reserved(launch.definition, resource), 0);
    if (limit !== undefined && used + reserved(definition, resource) > limit) return `RESOURCE:${name}`;
  }
  const bindings = bindPorts(tasks, definition);
  return bindings ? { containerInstanceArn, ec2InstanceId, bindings } : "RESOURCE:PORTS";
}

/** What a task reserves on its instance: the size of the task, or those of its containers together. */
function reserved(definition: TaskDefinition, resource: "cpu" | "memory"): number {
  const ofContainers = definition.containerDefinitions.reduce(
    (sum, container) => sum + (container[resource] ?? 0),
    0,
  );
  return Number(definition[resource] ?? ofContainers);
}

function bindPorts(
  tasks: Placed[],
  { containerDefinitions, networkMode = "bridge" }: TaskDefinition,
): PortBinding[] | undefined {
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
  return bindings;
}

function fixedPort({ containerPort, hostPort }: PortMapping, networkMode: string): number | undefined {
  return networkMode === "host" ? containerPort : hostPort;
}

function lowestFree(taken: Set<number | undefined>): number {
  let port = FIRST_DYNAMIC_PORT;
  while (taken.has(port)) port += 1;
  return port;
}
