import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock";
import type { HttpResponse } from "../http";
import { type Field, items, queryResponse, readForm } from "../query-protocol";
import type { Call, Caller } from "../routing";
import type { Upstream } from "../upstream";
import { checkTargets, type TargetId } from "./check-targets";
import { ControlPlane } from "./control-plane";
import { DataPath } from "./data-path";
import { addressOf, uniqueDnsNames } from "./dns-name";
import type { Failure, Health } from "./target";
import type { TargetGroup } from "./target-group";
import { Targets } from "./targets";

type Fields = Record<string, Field>;

/** Checks a target once. Returns undefined if it is healthy. */
export type HealthCheck = (
  group: TargetGroup,
  target: TargetId,
  localPort: number | undefined,
) => Promise<Failure | undefined>;

export interface LoadBalancingOptions {
  clock: Clock;
  upstream: Upstream;
  healthCheck: HealthCheck;
  /** The port of this machine that a target listens on. */
  localPort(caller: Caller, vpcId: string, target: TargetId): number | undefined;
}

const NOT_IN_USE: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};

/** Targets of Elastic Load Balancing and their health. Groups, listeners and rules belong to the control plane. */
export class LoadBalancing {
  private readonly controlPlane: ControlPlane;
  private readonly dataPath: DataPath;
  private readonly targetsByGroup = new Map<string, Targets>();

  constructor(private readonly options: LoadBalancingOptions) {
    this.controlPlane = new ControlPlane(options.upstream);
    this.dataPath = new DataPath({
      ...options,
      controlPlane: this.controlPlane,
      targetsOf: (caller, group) => this.targetsOf(caller, group),
    });
  }

  /** Serves a request whose Host header names a load balancer. Returns false if it does not. */
  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean> {
    const address = addressOf(incoming.headers.host);
    if (address) await this.dataPath.serve(address, incoming, outgoing);
    return address !== undefined;
  }

  async handle(call: Call): Promise<HttpResponse> {
    const input = readForm(call.request.body.toString());
    const action = this.actions[call.action];
    if (action) return queryResponse(call.action, await action(call, input));
    const response = await this.options.upstream.send(call);
    if (!call.action.startsWith("Describe")) this.controlPlane.clearCache();
    if (call.action === "DeleteTargetGroup" && response.status < 300)
      this.delete(String(input.TargetGroupArn));
    return { ...response, body: Buffer.from(uniqueDnsNames(response.body.toString(), call.account)) };
  }

  /** Stops all health checks. */
  stop(): void {
    for (const targets of this.targetsByGroup.values()) targets.end();
  }

  /** Registers targets as an ECS service does. */
  async register(caller: Caller, targetGroupArn: string, targets: TargetId[]): Promise<void> {
    const group = await this.controlPlane.targetGroup(caller, targetGroupArn);
    checkTargets(group, targets);
    this.targetsOf(caller, group).register(group, targets);
  }

  async deregister(caller: Caller, targetGroupArn: string, targets: TargetId[]): Promise<void> {
    const group = await this.controlPlane.targetGroup(caller, targetGroupArn);
    const used = await this.controlPlane.isUsed(caller, group.arn);
    this.targetsOf(caller, group).deregister(group, targets, used);
  }

  async health(caller: Caller, targetGroupArn: string, target: TargetId): Promise<Health> {
    const group = await this.controlPlane.targetGroup(caller, targetGroupArn);
    const health = this.targetsOf(caller, group).health(target);
    if (health.state === "draining") return health;
    return (await this.controlPlane.isUsed(caller, group.arn)) ? health : NOT_IN_USE;
  }

  private delete(targetGroupArn: string): void {
    this.targetsByGroup.get(targetGroupArn)?.end();
    this.targetsByGroup.delete(targetGroupArn);
  }

  private readonly actions: Record<string, (caller: Caller, input: Fields) => Promise<Fields>> = {
    RegisterTargets: async (caller, input) => {
      const group = await this.group(caller, input);
      await this.register(caller, group.arn, targetIds(input, group));
      return {};
    },

    DeregisterTargets: async (caller, input) => {
      const group = await this.group(caller, input);
      await this.deregister(caller, group.arn, targetIds(input, group));
      return {};
    },

    DescribeTargetHealth: async (caller, input) => {
      const group = await this.group(caller, input);
      const used = await this.controlPlane.isUsed(caller, group.arn);
      const targets = this.targetsOf(caller, group);
      const asked = input.Targets ? targetIds(input, group) : targets.all();
      return {
        TargetHealthDescriptions: asked.map((target) => {
          const health = targets.health(target);
          return described(group, target, used || health.state === "unused" ? health : NOT_IN_USE);
        }),
      };
    },
  };

  private check(caller: Caller, group: TargetGroup, target: TargetId): Promise<Failure | undefined> {
    const { port } = group.healthCheck;
    const checked = port === "traffic-port" ? target : { id: target.id, port: Number(port) };
    return this.options.healthCheck(group, target, this.options.localPort(caller, group.vpcId, checked));
  }

  private group(caller: Caller, { TargetGroupArn }: Fields): Promise<TargetGroup> {
    return this.controlPlane.targetGroup(caller, String(TargetGroupArn));
  }

  private targetsOf({ account, region }: Caller, { arn }: TargetGroup): Targets {
    let targets = this.targetsByGroup.get(arn);
    if (!targets) {
      const caller = { account, region };
      targets = new Targets({
        clock: this.options.clock,
        usedGroup: async () =>
          (await this.controlPlane.isUsed(caller, arn))
            ? this.controlPlane.targetGroup(caller, arn)
            : undefined,
        check: (group, target) => this.check(caller, group, target),
      });
      this.targetsByGroup.set(arn, targets);
    }
    return targets;
  }
}

function targetIds({ Targets: list }: Fields, { port }: TargetGroup): TargetId[] {
  return items<Fields>(list).map(({ Id, Port }) => ({ id: String(Id), port: Port ? Number(Port) : port }));
}

function described(
  { healthCheck }: TargetGroup,
  { id, port }: TargetId,
  { state, reason, description }: Health,
): Fields {
  const checked = healthCheck.port === "traffic-port" ? String(port) : healthCheck.port;
  return {
    Target: { Id: id, Port: String(port) },
    HealthCheckPort: checked,
    TargetHealth: {
      State: state,
      ...(reason ? { Reason: reason } : {}),
      ...(description ? { Description: description } : {}),
    },
  };
}
