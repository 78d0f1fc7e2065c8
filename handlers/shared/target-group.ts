import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { inChunks } from "./chunks";
import { Rejection } from "./failures";
import type { Target } from "./task-target";

export type Member = Target & {
  /** Deregistered; open connections may finish. */
  draining: boolean;
  health: TargetHealth;
};

// Not access denied: that is a fault of the deployment, and no reason to stop anybody's task.
const permanentErrors = new Set([
  "InvalidTargetException",
  "TargetGroupNotFoundException",
  "TooManyRegistrationsForTargetIdException",
  "TooManyTargetsException",
  // Not in the API's model, but what it answers to an address that the group's VPC cannot have.
  "ValidationError",
]);

const asRejection = (call: string, error: unknown): unknown =>
  error instanceof Error && permanentErrors.has(error.name)
    ? new Rejection(error.name, `${call}: ${error.name}: ${error.message}`)
    : error;

// A target group holds 1,000 targets at most; how many one call may name is not documented.
const maxTargets = 100;

const described = (targets: readonly Target[]) => targets.map(({ id, port }) => ({ Id: id, Port: port }));

export type TargetGroup = {
  /**
   * Every target that is registered or draining.
   * @param only look at these targets alone: the answer does not grow with the group
   * @throws Rejection when there is no such group, or when it can have no such target
   */
  members(only?: readonly Target[]): Promise<Member[]>;
  /** Harmless for a target that is registered. @throws Rejection when no retry can help, and then none may be registered */
  register(targets: readonly Target[]): Promise<void>;
  /** Harmless for a target that is not registered. @throws Rejection when there is no such group */
  deregister(targets: readonly Target[]): Promise<void>;
};

export const createTargetGroup = (elb: ElasticLoadBalancingV2Client, arn: string): TargetGroup => {
  const forEachChunk = async (
    call: string,
    targets: readonly Target[],
    send: (chunk: Target[]) => Promise<unknown>,
  ) => {
    for (const chunk of inChunks(targets, maxTargets)) {
      await send(chunk).catch((error) => {
        throw asRejection(call, error);
      });
    }
  };
  return {
    async members(only) {
      const found: Member[] = [];
      const look = async (targets?: readonly Target[]) => {
        const asked = { TargetGroupArn: arn, ...(targets && { Targets: described(targets) }) };
        const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand(asked));
        for (const { Target, TargetHealth: health = {} } of TargetHealthDescriptions) {
          // The answer to a question for a target that the group does not have.
          if (health.Reason === "Target.NotRegistered") continue;
          // draining, or unhealthy.draining
          const draining = health.State?.endsWith("draining") ?? false;
          found.push({ id: Target?.Id ?? "", port: Target?.Port ?? 0, draining, health });
        }
      };
      if (only) await forEachChunk("DescribeTargetHealth", only, look);
      else {
        await look().catch((error) => {
          throw asRejection("DescribeTargetHealth", error);
        });
      }
      return found;
    },
    register: (targets) =>
      forEachChunk("RegisterTargets", targets, (chunk) =>
        elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: described(chunk) })),
      ),
    deregister: (targets) =>
      forEachChunk("DeregisterTargets", targets, (chunk) =>
        elb.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: described(chunk) })),
      ),
  };
};
