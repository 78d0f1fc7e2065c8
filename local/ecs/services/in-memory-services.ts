import { AwsError } from "../../aws-error";
import { type HttpResponse, jsonResponse } from "../../http";
import type { Call } from "../../routing";
import type { Tag } from "../types";
import type { ServiceInput } from "./settings";

interface Stored extends ServiceInput {
  serviceArn: string;
  status: string;
}

/** The stored part of ECS services for tests in process. */
export class InMemoryEcsServices {
  private readonly services = new Map<string, Stored>();
  private readonly tags = new Map<string, Tag[]>();

  /** Returns undefined for a call that is not on ECS services. */
  send(call: Call): HttpResponse | undefined {
    const action = this.actions[call.action];
    return action && jsonResponse(action(call, JSON.parse(call.request.body.toString()) as Input));
  }

  private readonly actions: Record<string, (call: Call, input: Input) => unknown> = {
    CreateService: (call, { tags = [], ...input }) => {
      const cluster = clusterName(input);
      const serviceArn = arnOf(call, cluster, input.serviceName);
      const service = {
        ...Object.fromEntries(Object.entries(input).filter(([, value]) => !isEmpty(value))),
        serviceArn,
        clusterArn: `arn:aws:ecs:${call.region}:${call.account}:cluster/${cluster}`,
        launchType: input.launchType ?? "EC2",
        status: "ACTIVE",
      };
      this.services.set(serviceArn, service);
      this.tags.set(serviceArn, tags);
      return { service };
    },

    UpdateService: (call, { cluster, service: name, ...input }) => {
      const service = this.get(call, { cluster, service: name });
      return { service: Object.assign(service, input) };
    },

    DeleteService: (call, input) => {
      const service = this.get(call, input);
      service.status = "INACTIVE";
      return { service };
    },

    DescribeServices: (call, { services = [], ...input }) => {
      const arns = services.map((nameOrArn) => arnOf(call, clusterName(input), nameOrArn));
      return {
        services: arns.flatMap((arn) => this.services.get(arn) ?? []),
        failures: arns.filter((arn) => !this.services.has(arn)).map((arn) => ({ arn, reason: "MISSING" })),
      };
    },

    ListServices: (call, input) => ({
      serviceArns: [...this.services.keys()].filter((arn) =>
        arn.startsWith(arnOf(call, clusterName(input), "")),
      ),
    }),

    ListTagsForResource: (_, { resourceArn = "" }) => ({ tags: this.tags.get(resourceArn) ?? [] }),
  };

  private get(call: Call, { service, ...input }: Input): Stored {
    const found = this.services.get(arnOf(call, clusterName(input), service));
    if (found?.status !== "ACTIVE") throw new AwsError("ServiceNotFoundException", "Service not found.");
    return found;
  }
}

interface Input extends ServiceInput {
  resourceArn?: string;
}

function clusterName({ cluster = "default" }: Input): string {
  return cluster.split("/").pop() ?? cluster;
}

function arnOf({ account, region }: Call, cluster: string, nameOrArn = ""): string {
  return nameOrArn.startsWith("arn:")
    ? nameOrArn
    : `arn:aws:ecs:${region}:${account}:service/${cluster}/${nameOrArn}`;
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
