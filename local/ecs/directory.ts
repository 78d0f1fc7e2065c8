import { AnswerCache } from "../answer-cache";
import { AwsError } from "../aws-error";
import type { Caller } from "../routing";
import { askJson, askQuery, type Upstream } from "../upstream";
import type { CapacityProvider } from "./capacity/resolve-capacity";
import type { ContainerInstance } from "./placement";
import type { Cluster, Tag, TaskDefinition } from "./types";

export interface Subnet {
  id: string;
  cidr: string;
  zone: string;
  vpcId: string;
}

/** Looks up the resources that a launch refers to. Caches them until something in ECS or EC2 changes. */
export class Directory {
  private readonly cache = new AnswerCache();

  constructor(private readonly upstream: Upstream) {}

  /** Must be called after a write to the control plane. */
  clearCache(): void {
    this.cache.clear();
  }

  /** Throws ClusterNotFoundException. */
  async cluster(caller: Caller, nameOrArn = "default"): Promise<Cluster> {
    const found = await this.cache.get(caller, `cluster ${nameOrArn}`, () =>
      askJson<{ clusters: Cluster[] }>(this.upstream, caller, "ecs", "DescribeClusters", {
        clusters: [nameOrArn],
      }),
    );
    const cluster = found.clusters[0];
    if (cluster?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    return cluster;
  }

  /** Throws ClientException if the task definition is unknown or inactive. */
  async taskDefinition(caller: Caller, familyOrArn: string): Promise<TaskDefinition> {
    const taskDefinition = await this.anyTaskDefinition(caller, familyOrArn);
    if (taskDefinition.status === "INACTIVE")
      throw new AwsError("ClientException", "TaskDefinition is inactive");
    return taskDefinition;
  }

  /** Also an inactive one, which an ECS service that has it already keeps. Throws ClientException if it is unknown. */
  async anyTaskDefinition(caller: Caller, familyOrArn: string): Promise<TaskDefinition> {
    const { taskDefinition, tags } = await this.cache.get(caller, `task definition ${familyOrArn}`, () =>
      askJson<{ taskDefinition: TaskDefinition; tags?: Tag[] }>(
        this.upstream,
        caller,
        "ecs",
        "DescribeTaskDefinition",
        { taskDefinition: familyOrArn, include: ["TAGS"] },
      ),
    );
    return { ...taskDefinition, tags };
  }

  /** Throws InvalidParameterException if the capacity provider does not exist. */
  async capacityProvider(caller: Caller, name: string): Promise<CapacityProvider> {
    const { capacityProviders } = await this.cache.get(caller, `capacity provider ${name}`, () =>
      askJson<{ capacityProviders: CapacityProvider[] }>(
        this.upstream,
        caller,
        "ecs",
        "DescribeCapacityProviders",
        { capacityProviders: [name] },
      ),
    );
    const [found] = capacityProviders;
    if (found) return found;
    throw new AwsError(
      "InvalidParameterException",
      "The specified capacity provider was not found. Specify a valid capacity provider and try again.",
    );
  }

  /** The tags of an ECS service or a task definition. */
  async tags(caller: Caller, resourceArn: string): Promise<Tag[]> {
    const { tags = [] } = await askJson<{ tags?: Tag[] }>(
      this.upstream,
      caller,
      "ecs",
      "ListTagsForResource",
      {
        resourceArn,
      },
    );
    return tags;
  }

  /** The active container instances of a cluster. */
  containerInstances(caller: Caller, cluster: string): Promise<ContainerInstance[]> {
    const ask = <T>(action: string, input: object) =>
      askJson<T>(this.upstream, caller, "ecs", action, { cluster, ...input });
    return this.cache.get(caller, `instances of ${cluster}`, async () => {
      const { containerInstanceArns } = await ask<{ containerInstanceArns: string[] }>(
        "ListContainerInstances",
        { status: "ACTIVE" },
      );
      if (containerInstanceArns.length === 0) return [];
      const { containerInstances } = await ask<{ containerInstances: ContainerInstance[] }>(
        "DescribeContainerInstances",
        { containerInstances: containerInstanceArns },
      );
      return containerInstances;
    });
  }

  /** Throws InvalidParameterException if the subnet does not exist. */
  subnet(caller: Caller, id: string): Promise<Subnet> {
    return this.cache.get(caller, `subnet ${id}`, () => this.describeSubnet(caller, id));
  }

  private async describeSubnet(caller: Caller, id: string): Promise<Subnet> {
    const xml = await askQuery(this.upstream, caller, "ec2", {
      Action: "DescribeSubnets",
      Version: "2016-11-15",
      "SubnetId.1": id,
    });
    const cidr = /<cidrBlock>([^<]+)</.exec(xml)?.[1];
    const zone = /<availabilityZone>([^<]+)</.exec(xml)?.[1];
    const vpcId = /<vpcId>([^<]+)</.exec(xml)?.[1] ?? "";
    if (!cidr || !zone) {
      throw new AwsError(
        "InvalidParameterException",
        `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
      );
    }
    return { id, cidr, zone, vpcId };
  }
}
