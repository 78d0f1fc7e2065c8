import { randomBytes } from "node:crypto";
import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import { type Field, items, queryResponse, readForm } from "../query-protocol";
import type { Call } from "../routing";

type Fields = Record<string, Field>;

interface StoredGroup {
  description: Fields;
  attributes: Fields;
}

/** Target groups for tests in process, with one listener that forwards to those in use. */
export class InMemoryTargetGroups {
  private readonly groups = new Map<string, StoredGroup>();

  /** @param isUsed whether the listener forwards to the group of this name */
  constructor(private readonly isUsed: (name: string) => boolean) {}

  send(call: Call): HttpResponse {
    const action = this.actions[call.action];
    if (!action) {
      throw new AwsError(
        "UnsupportedOperation",
        `Local AWS in process does not support elasticloadbalancing:${call.action}; start local AWS as a server.`,
      );
    }
    return queryResponse(call.action, action(readForm(call.request.body.toString()), call));
  }

  private readonly actions: Record<string, (input: Fields, call: Call) => Fields> = {
    CreateTargetGroup: (input, { account, region }) => {
      const { Name, Tags: _, Version: __, Action: ___, ...settings } = input;
      const earlier = this.named(String(Name), region, account);
      if (earlier) return { TargetGroups: [earlier.description] };
      const TargetGroupArn = `${prefix(region, account, String(Name))}${randomBytes(8).toString("hex")}`;
      const description = {
        TargetType: "instance",
        ...settings,
        TargetGroupName: Name ?? "",
        TargetGroupArn,
      };
      this.groups.set(TargetGroupArn, { description, attributes: {} });
      return { TargetGroups: [description] };
    },

    DeleteTargetGroup: ({ TargetGroupArn }) => {
      this.groups.delete(String(TargetGroupArn));
      return {};
    },

    ModifyTargetGroupAttributes: ({ TargetGroupArn, Attributes }) => {
      const { attributes } = this.group(TargetGroupArn);
      for (const { Key, Value } of items<Fields>(Attributes)) attributes[String(Key)] = Value ?? "";
      return { Attributes: listed(attributes) };
    },

    DescribeTargetGroupAttributes: ({ TargetGroupArn }) => ({
      Attributes: listed(this.group(TargetGroupArn).attributes),
    }),

    DescribeTargetGroups: ({ TargetGroupArns }) => ({
      TargetGroups: items(TargetGroupArns).map((arn) => this.group(arn).description),
    }),

    DescribeLoadBalancers: () => ({
      LoadBalancers: [{ LoadBalancerArn: "local", LoadBalancerName: "local" }],
    }),

    DescribeListeners: () => ({ Listeners: [{ ListenerArn: "local", Port: "80", Protocol: "HTTP" }] }),

    DescribeRules: () => ({
      Rules: [...this.groups.values()]
        .filter(({ description }) => this.isUsed(String(description.TargetGroupName)))
        .map(({ description: { TargetGroupArn = "" } }, index) => ({
          Priority: String(index + 1),
          Actions: [{ Type: "forward", TargetGroupArn }],
        })),
    }),
  };

  private group(arn: Field | undefined): StoredGroup {
    const group = this.groups.get(String(arn));
    if (!group) throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
    return group;
  }

  private named(name: string, region: string, account: string): StoredGroup | undefined {
    for (const [arn, group] of this.groups) if (arn.startsWith(prefix(region, account, name))) return group;
    return undefined;
  }
}

function prefix(region: string, account: string, name: string): string {
  return `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/`;
}

function listed(attributes: Fields): Fields[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}
