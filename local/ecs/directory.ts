import { AwsError } from "../aws-error";
import { Remembered } from "../remembered";
import type { Caller } from "../routing";
import { askJson, askQuery, type Upstream } from "../upstream";
import type { ContainerInstance } from "./placement";
import type { Cluster, TaskDefinition } from "./types";

export interface Subnet {
  id: string;
  cidr: string;
  zone: string;
  vpcId: string;
}

/** Looks up what a launch refers to; remembers answers until something of ECS or EC2 is changed. */
export class Directory {
  private readonly remembered = new Remembered();

  constructor(private readonly upstream: Upstream) {}

  /** Call it after a write to the control plane. */
  forget(): void {
    this.remembered.forget();
  }

  /** Throws ClusterNotFoundException. */
  async cluster(caller: Caller, nameOrArn = "default"): Promise<Cluster> {
    const found = await this.remembered.once(caller, `cluster ${nameOrArn}`, () =>
      askJson<{ clusters: Cluster[] }>(this.upstream, caller, "ecs", "DescribeClusters", {
        clusters: [nameOrArn],
      }),
    );
    const cluster = found.clusters[0];
    if (cluster?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    return cluster;
  }

  /** Throws ClientException for a task definition that is unknown or inactive. */
  async taskDefinition(caller: Caller, familyOrArn: string): Promise<TaskDefinition> {
    const { taskDefinition } = await this.remembered.once(caller, `task definition ${familyOrArn}`, () =>
      askJson<{ taskDefinition: TaskDefinition }>(this.upstream, caller, "ecs", "DescribeTaskDefinition", {
        taskDefinition: familyOrArn,
      }),
    );
    if (taskDefinition.status === "INACTIVE")
      throw new AwsError("ClientException", "TaskDefinition is inactive");
    return taskDefinition;
  }

  /** The machines of a cluster that take tasks. */
  containerInstances(caller: Caller, cluster: string): Promise<ContainerInstance[]> {
    const ask = <T>(action: string, input: object) =>
      askJson<T>(this.upstream, caller, "ecs", action, { cluster, ...input });
    return this.remembered.once(caller, `instances of ${cluster}`, async () => {
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

  /** Throws InvalidParameterException when there is no such subnet. */
  subnet(caller: Caller, id: string): Promise<Subnet> {
    return this.remembered.once(caller, `subnet ${id}`, () => this.describeSubnet(caller, id));
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
