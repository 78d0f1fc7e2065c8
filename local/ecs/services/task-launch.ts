import type { Caller } from "../../routing";
import type { ServiceLaunch } from "..";
import type { Directory } from "../directory";
import type { Tag, TaskDefinition } from "../types";
import type { Deployment } from "./deployment";
import type { EcsService } from "./service";

/** How a task of an ECS service is launched. */
export async function taskLaunch(
  service: EcsService,
  deployment: Deployment,
  directory: Directory,
): Promise<ServiceLaunch> {
  const { caller, cluster, name, settings } = service;
  const definition = await directory.anyTaskDefinition(caller, deployment.taskDefinition);
  const {
    capacityProviderStrategy,
    launchType,
    networkConfiguration,
    platformVersion,
    volumeConfigurations,
  } = deployment.settings;
  return {
    cluster,
    definition,
    subnetId: subnetOf(service, deployment, definition),
    input: {
      group: `service:${name}`,
      startedBy: deployment.id,
      // Without a launch type and a strategy, AWS takes EC2.
      ...(capacityProviderStrategy ? { capacityProviderStrategy } : { launchType: launchType ?? "EC2" }),
      networkConfiguration,
      platformVersion,
      volumeConfigurations,
      enableExecuteCommand: settings.enableExecuteCommand,
      tags: await tagsOf(service, caller, definition, directory),
    },
  };
}

/** Spreads the tasks over the subnets, since AWS balances the zones. */
function subnetOf(
  { deployments }: EcsService,
  { settings }: Deployment,
  { networkMode }: TaskDefinition,
): string | undefined {
  const subnets = settings.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  if (networkMode !== undefined && networkMode !== "awsvpc") return undefined;
  const tasks = deployments.flatMap(({ living }) => living);
  const tasksIn = (subnet: string) =>
    tasks.filter(({ launch }) => launch.network?.subnetId === subnet).length;
  return [...subnets].sort((a, b) => tasksIn(a) - tasksIn(b))[0];
}

async function tagsOf(
  { arn, cluster, name, settings }: EcsService,
  caller: Caller,
  { taskDefinitionArn }: TaskDefinition,
  directory: Directory,
): Promise<Tag[]> {
  const propagated: Record<string, string> = { SERVICE: arn, TASK_DEFINITION: taskDefinitionArn };
  const from = propagated[settings.propagateTags ?? "NONE"];
  const tags = from === undefined ? [] : await directory.tags(caller, from);
  if (!settings.enableECSManagedTags) return tags;
  return [
    ...tags,
    { key: "aws:ecs:clusterName", value: cluster.clusterName },
    { key: "aws:ecs:serviceName", value: name },
  ];
}
