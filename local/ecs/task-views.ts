import type { Placement } from "./placement";
import type { HealthStatus, NetworkInterface, Task } from "./task";

/** A task as the API describes it: times in seconds since 1970, tags only on request. */
export function taskDescription(task: Task, withTags: boolean): Record<string, unknown> {
  const times = Object.entries(task.times).filter(([name]) => name !== "updatedAt");
  return {
    ...common(task),
    healthStatus: taskHealth(task),
    ...Object.fromEntries(times.map(([name, at]) => [name, at.getTime() / 1000])),
    attachments: attachments(task, "ElasticNetworkInterface"),
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...task.launch.input.overrides },
    tags: withTags ? task.tags : [],
  };
}

/**
 * A task in the response to a repeated client token. A stopped task has only its ARN and its states
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html).
 */
export function replayedDescription(task: Task): Record<string, unknown> {
  const { arn, desiredStatus, lastStatus } = task;
  return lastStatus === "STOPPED" ? { taskArn: arn, desiredStatus, lastStatus } : taskDescription(task, true);
}

/**
 * A task as `ECS Task State Change` events describe it: times as text, overrides by name only, and another type name for
 * the network interface (awsdocs/amazon-ecs-developer-guide, ecs_cwe_events).
 */
export function taskEventDetail(task: Task): Record<string, unknown> {
  const overrides = task.launch.input.overrides?.containerOverrides ?? [];
  return {
    ...common(task),
    ...Object.fromEntries(Object.entries(task.times).map(([name, at]) => [name, at.toISOString()])),
    attachments: attachments(task, "eni"),
    overrides: { containerOverrides: overrides.map(({ name }) => ({ name })) },
  };
}

const FARGATE = {
  ephemeralStorage: { sizeInGiB: 20 },
  platformFamily: "Linux",
  platformVersion: "1.4.0",
};

function common(task: Task): Record<string, unknown> {
  const { capacity, cluster, definition, input, network, placement } = task.launch;
  return {
    attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
    availabilityZone: network?.zone,
    clusterArn: cluster.clusterArn,
    ...(placement ? { containerInstanceArn: placement.containerInstanceArn } : {}),
    ...(task.times.connectivityAt ? { connectivity: "CONNECTED" } : {}),
    containers: task.containers.map(
      ({ definition: container, exitCode, healthStatus, id, lastStatus, reason, running }) => ({
        containerArn: `${task.arn.replace(":task/", ":container/")}/${id}`,
        taskArn: task.arn,
        name: container.name,
        image: container.image,
        lastStatus,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(reason === undefined ? {} : { reason }),
        networkBindings: running && placement ? bindingsOf(placement, container.name) : [],
        networkInterfaces: attached(task) && network ? [containerInterface(network)] : [],
        healthStatus,
        cpu: "0",
      }),
    ),
    cpu: input.overrides?.cpu ?? definition.cpu,
    memory: input.overrides?.memory ?? definition.memory,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    group: input.group ?? `family:${definition.family}`,
    lastStatus: task.lastStatus,
    launchType: capacity.launchType,
    ...(capacity.providerName ? { capacityProviderName: capacity.providerName } : {}),
    ...(capacity.launchType === "FARGATE" ? FARGATE : {}),
    ...(input.startedBy ? { startedBy: input.startedBy } : {}),
    ...(task.stopCode ? { stopCode: task.stopCode } : {}),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    taskArn: task.arn,
    taskDefinitionArn: definition.taskDefinitionArn,
    version: task.version,
  };
}

/** The health of the essential containers that have a health check (API reference of Task, `healthStatus`). */
export function taskHealth({ containers }: Task): HealthStatus {
  const checked = containers.filter(
    ({ definition, healthStatus }) => definition.essential !== false && healthStatus !== "UNKNOWN",
  );
  if (checked.some(({ healthStatus }) => healthStatus === "UNHEALTHY")) return "UNHEALTHY";
  return checked.length > 0 ? "HEALTHY" : "UNKNOWN";
}

function bindingsOf({ bindings }: Placement, name: string): object[] {
  return bindings
    .filter(({ container }) => container === name)
    .map(({ container: _, ...binding }) => ({ bindIP: "0.0.0.0", ...binding }));
}

function attached(task: Task): boolean {
  return task.times.connectivityAt !== undefined;
}

function attachments(task: Task, type: string): object[] {
  const { network } = task.launch;
  if (!network) return [];
  const hostName = `ip-${network.privateIp.replaceAll(".", "-")}.${network.zone.slice(0, -1)}.compute.internal`;
  return [
    {
      id: task.id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5"),
      type,
      status: attachmentStatus(task),
      details: [
        { name: "subnetId", value: network.subnetId },
        ...(attached(task)
          ? [
              { name: "networkInterfaceId", value: network.id },
              { name: "macAddress", value: network.mac },
              { name: "privateDnsName", value: hostName },
              { name: "privateIPv4Address", value: network.privateIp },
            ]
          : []),
      ],
    },
  ];
}

function attachmentStatus(task: Task): string {
  if (task.lastStatus === "STOPPED") return "DELETED";
  return attached(task) ? "ATTACHED" : "PRECREATED";
}

function containerInterface({ id, privateIp }: NetworkInterface): object {
  return { attachmentId: id, privateIpv4Address: privateIp };
}
