import type { Caller } from "../../routing";
import { askQuery, type Upstream } from "../../upstream";
import type { CapacityProvider } from "./resolve-capacity";

const VERSION = "2011-01-01";

/** The size of an EC2 Auto Scaling group, and its instances. */
export interface GroupState {
  minSize: number;
  maxSize: number;
  instanceIds: string[];
}

/** The EC2 Auto Scaling group of a capacity provider. */
export class AutoScalingGroup {
  private readonly name: string;

  constructor(
    private readonly upstream: Upstream,
    private readonly caller: Caller,
    { autoScalingGroupProvider }: CapacityProvider,
  ) {
    // The ARN ends with the name; ECS takes the name alone too.
    this.name = autoScalingGroupProvider?.autoScalingGroupArn.split("autoScalingGroupName/").pop() ?? "";
  }

  /** The state of a group that was deleted has no instances. */
  async describe(): Promise<GroupState> {
    const xml = await this.ask("DescribeAutoScalingGroups", { "AutoScalingGroupNames.member.1": this.name });
    const size = (tag: string) => Number(new RegExp(`<${tag}>(\\d+)<`).exec(xml)?.[1] ?? 0);
    return {
      minSize: size("MinSize"),
      maxSize: size("MaxSize"),
      instanceIds: [...xml.matchAll(/<InstanceId>([^<]+)</g)].map(([, id]) => id!),
    };
  }

  async setDesiredCapacity(count: number): Promise<void> {
    await this.ask("SetDesiredCapacity", { AutoScalingGroupName: this.name, DesiredCapacity: String(count) });
  }

  async terminate(instanceId: string): Promise<void> {
    await this.ask("TerminateInstanceInAutoScalingGroup", {
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: "true",
    });
  }

  private ask(action: string, parameters: Record<string, string>): Promise<string> {
    return askQuery(this.upstream, this.caller, "autoscaling", {
      Action: action,
      Version: VERSION,
      ...parameters,
    });
  }
}
