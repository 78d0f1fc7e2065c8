import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { splitIntoChunks } from "./chunks";
import { PermanentError } from "./failures";
import type { Target } from "./task-target";

export type TargetDescription = Target & {
  /** Deregistered, while open connections may finish. */
  isDraining: boolean;
  health: TargetHealth;
};

// Without AccessDenied: a missing permission must not stop tasks.
const permanentErrorNames = new Set([
  "InvalidTargetException",
  "TargetGroupNotFoundException",
  "TooManyRegistrationsForTargetIdException",
  "TooManyTargetsException",
  // Not in the API reference: the answer to an address outside the VPC of the target group.
  "ValidationError",
]);

const toPermanentError = (call: string, error: unknown): unknown =>
  error instanceof Error && permanentErrorNames.has(error.name)
    ? new PermanentError(error.name, `${call}: ${error.name}: ${error.message}`)
    : error;

// AWS does not document how many targets one call accepts.
const maxTargets = 100;

const toTargetDescriptions = (targets: readonly Target[]) =>
  targets.map(({ id, port }) => ({ Id: id, Port: port }));

export type TargetGroup = {
  /**
   * Every target that is registered or draining.
   * @param filter only these targets
   * @throws PermanentError when the target group does not exist, or when a target of the filter is invalid
   */
  describe(filter?: readonly Target[]): Promise<TargetDescription[]>;
  /** Idempotent. @throws PermanentError when the target group refuses a target; then no target may be registered */
  register(targets: readonly Target[]): Promise<void>;
  /** Idempotent. @throws PermanentError when the target group does not exist */
  deregister(targets: readonly Target[]): Promise<void>;
};

export const createTargetGroup = (elb: ElasticLoadBalancingV2Client, arn: string): TargetGroup => {
  const forEachChunk = async (
    call: string,
    targets: readonly Target[],
    send: (chunk: Target[]) => Promise<unknown>,
  ) => {
    for (const chunk of splitIntoChunks(targets, maxTargets)) {
      await send(chunk).catch((error) => {
        throw toPermanentError(call, error);
      });
    }
  };
  return {
    async describe(filter) {
      const found: TargetDescription[] = [];
      const describe = async (targets?: readonly Target[]) => {
        const asked = { TargetGroupArn: arn, ...(targets && { Targets: toTargetDescriptions(targets) }) };
        const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand(asked));
        for (const { Target, TargetHealth: health = {} } of TargetHealthDescriptions) {
          // Elastic Load Balancing answers so for a filtered target that is not registered.
          if (health.Reason === "Target.NotRegistered") continue;
          // draining, or unhealthy.draining
          const draining = health.State?.endsWith("draining") ?? false;
          found.push({ id: Target?.Id ?? "", port: Target?.Port ?? 0, isDraining: draining, health });
        }
      };
      if (filter) await forEachChunk("DescribeTargetHealth", filter, describe);
      else {
        await describe().catch((error) => {
          throw toPermanentError("DescribeTargetHealth", error);
        });
      }
      return found;
    },
    register: (targets) =>
      forEachChunk("RegisterTargets", targets, (chunk) =>
        elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: toTargetDescriptions(chunk) })),
      ),
    deregister: (targets) =>
      forEachChunk("DeregisterTargets", targets, (chunk) =>
        elb.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: toTargetDescriptions(chunk) })),
      ),
  };
};
