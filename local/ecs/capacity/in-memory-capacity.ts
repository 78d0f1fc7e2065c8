import { AwsError } from "../../aws-error";
import { type HttpResponse, jsonResponse, xmlResponse } from "../../http";
import type { Call } from "../../routing";
import type { CapacityProvider } from "./resolve-capacity";

interface Group {
  minSize: number;
  maxSize: number;
  instanceIds: string[];
}

/** The stored capacity providers and EC2 Auto Scaling groups for tests in process. */
export class InMemoryCapacity {
  private readonly providers = new Map<string, CapacityProvider>();
  private readonly groups = new Map<string, Group>();
  private launched = 0;

  /** Returns undefined for a call on anything else. */
  send(call: Call): HttpResponse | undefined {
    if (call.service === "autoscaling") return this.autoScaling(call);
    const action = call.service === "ecs" ? this.actions[call.action] : undefined;
    return action && jsonResponse(action(JSON.parse(call.request.body.toString()) as Input));
  }

  private readonly actions: Record<string, (input: Input) => unknown> = {
    CreateCapacityProvider: ({ name, autoScalingGroupProvider }) => {
      const capacityProvider = { name, autoScalingGroupProvider, status: "ACTIVE" };
      this.providers.set(name, capacityProvider);
      return { capacityProvider };
    },

    DescribeCapacityProviders: ({ capacityProviders = [] }) => ({
      capacityProviders: capacityProviders.flatMap((name) => this.providers.get(name) ?? []),
      failures: [],
    }),
  };

  private autoScaling({ action, request }: Call): HttpResponse {
    const given = new URLSearchParams(request.body.toString());
    const named = given.get("AutoScalingGroupName") ?? given.get("AutoScalingGroupNames.member.1") ?? "";
    const of = this.groups.get(named);
    switch (action) {
      case "CreateAutoScalingGroup":
        this.groups.set(named, {
          minSize: Number(given.get("MinSize")),
          maxSize: Number(given.get("MaxSize")),
          instanceIds: [],
        });
        return xmlResponse("<CreateAutoScalingGroupResponse/>");
      case "DescribeAutoScalingGroups":
        return xmlResponse(of ? groupXml(of) : "<AutoScalingGroups/>");
      case "SetDesiredCapacity":
        while (of && of.instanceIds.length < Number(given.get("DesiredCapacity")))
          of.instanceIds.push(`i-${String(++this.launched).padStart(17, "0")}`);
        return xmlResponse("<SetDesiredCapacityResponse/>");
      case "TerminateInstanceInAutoScalingGroup": {
        const gone = given.get("InstanceId");
        for (const group of this.groups.values())
          group.instanceIds = group.instanceIds.filter((id) => id !== gone);
        return xmlResponse("<TerminateInstanceInAutoScalingGroupResponse/>");
      }
      default:
        throw new AwsError("InvalidAction", `Local AWS in process does not support autoscaling:${action}.`);
    }
  }
}

interface Input extends CapacityProvider {
  capacityProviders?: string[];
}

function groupXml({ instanceIds, maxSize, minSize }: Group): string {
  const instances = instanceIds.map((id) => `<member><InstanceId>${id}</InstanceId></member>`).join("");
  return `<MinSize>${minSize}</MinSize><MaxSize>${maxSize}</MaxSize><Instances>${instances}</Instances>`;
}
