import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { CloudWatch } from "../cloudwatch";
import type { Breach } from "../cloudwatch/alarms";
import { type HttpResponse, jsonResponse } from "../http";
import type { Call, Caller } from "../routing";
import { Cooldowns } from "./cooldowns";
import { applyPolicy, moveIntoRange, type Scaled } from "./scaling";
import type { StepScaling } from "./step-scaling";
import { trackingAlarms } from "./target-tracking";
import type { Policy, ScalableTarget, SuspendedState, TargetTracking } from "./types";
import { policyDescription, targetDescription } from "./views";

export interface ApplicationAutoScalingOptions {
  clock: Clock;
  cloudWatch: Pick<CloudWatch, "alarmsWith" | "deleteAlarm" | "putAlarm">;
  /** The ECS service with this name in a cluster. */
  service(caller: Caller, clusterName: string, name: string): Scaled;
  forward(call: Call): Promise<HttpResponse>;
  log(line: string): void;
}

interface Input {
  ServiceNamespace?: string;
  ResourceId?: string;
  ResourceIds?: string[];
  ScalableDimension?: string;
  MinCapacity?: number;
  MaxCapacity?: number;
  RoleARN?: string;
  SuspendedState?: SuspendedState;
  PolicyName?: string;
  PolicyNames?: string[];
  PolicyType?: string;
  StepScalingPolicyConfiguration?: StepScaling;
  TargetTrackingScalingPolicyConfiguration?: TargetTracking;
  ScheduledActionName?: string;
  ResourceARN?: string;
  Tags?: Record<string, string>;
  TagKeys?: string[];
}

const DIMENSION = "ecs:service:DesiredCount";

/** Application Auto Scaling of ECS services. Targets of other services are stored by the control plane, and not scaled. */
export class ApplicationAutoScaling {
  private readonly targets = new Map<string, ScalableTarget>();

  constructor(private readonly options: ApplicationAutoScalingOptions) {}

  async handle(call: Call, input: unknown): Promise<HttpResponse> {
    const given = input as Input;
    const action = this.actions[call.action];
    const isTagging = given.ResourceARN !== undefined;
    if (action && (given.ServiceNamespace === "ecs" || isTagging)) return jsonResponse(action(call, given));
    if (call.action === "PutScheduledAction")
      this.options.log(
        `application-autoscaling ${call.action} ${given.ScheduledActionName}: stored, but local AWS does not scale ${given.ResourceId} at a time`,
      );
    return this.options.forward(call);
  }

  /** Applies a policy for an alarm that is in ALARM. */
  scale({ account, region }: Caller, policyArn: string, breach: Breach): void {
    for (const target of this.targets.values()) {
      if (target.caller.account !== account || target.caller.region !== region) continue;
      const policy = [...target.policies.values()].find(({ arn }) => arn === policyArn);
      if (!policy) continue;
      const isLow = (name: string) =>
        this.options.cloudWatch
          .alarmsWith(target.caller, "arn:")
          .some(({ AlarmName, isAlarm }) => AlarmName === name && isAlarm);
      applyPolicy(target, policy, breach, isLow, this.scaled(target), this.options.clock.now());
    }
  }

  private scaled({ caller, resourceId }: ScalableTarget): Scaled {
    const [, cluster = "", name = ""] = resourceId.split("/");
    return this.options.service(caller, cluster, name);
  }

  private readonly actions: Record<string, (caller: Caller, input: Input) => unknown> = {
    RegisterScalableTarget: (caller, input) => {
      const target = this.registered(caller, input);
      moveIntoRange(target, this.scaled(target), this.options.clock.now());
      return { ScalableTargetARN: target.arn };
    },

    DeregisterScalableTarget: (caller, input) => {
      const target = this.target(caller, input);
      for (const policy of target.policies.values()) this.deleteAlarms(target, policy);
      this.targets.delete(keyOf(caller, target.resourceId));
      return {};
    },

    DescribeScalableTargets: (caller, { ResourceIds }) => ({
      ScalableTargets: this.in(caller)
        .filter(({ resourceId }) => !ResourceIds?.length || ResourceIds.includes(resourceId))
        .map(targetDescription),
    }),

    PutScalingPolicy: (caller, input) => {
      const target = this.target(caller, input);
      const policy = this.putPolicy(target, input);
      return { PolicyARN: policy.arn, Alarms: this.alarmsOf(target, policy) };
    },

    DeleteScalingPolicy: (caller, input) => {
      const target = this.target(caller, input);
      const policy = target.policies.get(input.PolicyName ?? "");
      if (!policy) {
        throw new AwsError(
          "ObjectNotFoundException",
          `No scaling policy found for service namespace: ecs, resource ID: ${target.resourceId}, scalable dimension: ${DIMENSION}, policy name: ${input.PolicyName}`,
        );
      }
      this.deleteAlarms(target, policy);
      target.policies.delete(policy.name);
      return {};
    },

    DescribeScalingPolicies: (caller, { PolicyNames, ResourceId }) => ({
      ScalingPolicies: this.in(caller)
        .filter(({ resourceId }) => ResourceId === undefined || resourceId === ResourceId)
        .flatMap((target) => [...target.policies.values()].map((policy) => ({ target, policy })))
        .filter(({ policy }) => !PolicyNames?.length || PolicyNames.includes(policy.name))
        .map(({ target, policy }) => policyDescription(target, policy, this.alarmsOf(target, policy))),
    }),

    DescribeScalingActivities: (caller, { ResourceId }) => ({
      ScalingActivities: this.in(caller)
        .filter(({ resourceId }) => ResourceId === undefined || resourceId === ResourceId)
        .flatMap(({ activities }) => activities),
    }),

    ListTagsForResource: (_, { ResourceARN }) => ({ Tags: this.byArn(ResourceARN).tags }),

    TagResource: (_, { ResourceARN, Tags }) => {
      Object.assign(this.byArn(ResourceARN).tags, Tags);
      return {};
    },

    UntagResource: (_, { ResourceARN, TagKeys = [] }) => {
      const { tags } = this.byArn(ResourceARN);
      for (const key of TagKeys) delete tags[key];
      return {};
    },
  };

  private registered(caller: Caller, input: Input): ScalableTarget {
    const { MaxCapacity, MinCapacity, ResourceId = "", ScalableDimension, Tags = {} } = input;
    if (ScalableDimension !== DIMENSION || !/^service\/[^/]+\/[^/]+$/.test(ResourceId)) {
      throw new AwsError(
        "ValidationException",
        `ResourceId is ${ResourceId} and ScalableDimension is ${ScalableDimension}; those of an ECS service are service/<cluster>/<name> and ${DIMENSION}.`,
      );
    }
    const { account, region } = caller;
    const key = keyOf(caller, ResourceId);
    const existing = this.targets.get(key);
    const min = MinCapacity ?? existing?.min;
    const max = MaxCapacity ?? existing?.max;
    if (min === undefined || max === undefined || min < 0 || min > max) {
      throw new AwsError(
        "ValidationException",
        `MinCapacity is ${min} and MaxCapacity is ${max}; both are needed, and 0 ≤ MinCapacity ≤ MaxCapacity.`,
      );
    }
    const target: ScalableTarget = existing ?? {
      caller: { account, region },
      arn: `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${randomBytes(14).toString("hex")}`,
      resourceId: ResourceId,
      dimension: DIMENSION,
      min,
      max,
      roleArn:
        input.RoleARN ??
        `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
      createdAt: this.options.clock.now(),
      suspended: {},
      tags: { ...Tags },
      policies: new Map(),
      cooldowns: new Cooldowns(),
      activities: [],
    };
    if (this.scaled(target).count() === undefined)
      throw new AwsError("ValidationException", `ECS service doesn't exist: ${ResourceId}`);
    Object.assign(target, { min, max, suspended: { ...target.suspended, ...input.SuspendedState } });
    this.targets.set(key, target);
    return target;
  }

  private putPolicy(target: ScalableTarget, input: Input): Policy {
    const { PolicyName: name = "", StepScalingPolicyConfiguration: step } = input;
    const { TargetTrackingScalingPolicyConfiguration: tracking } = input;
    if ((step === undefined) === (tracking === undefined)) {
      throw new AwsError(
        "ValidationException",
        `Policy ${name} has type ${input.PolicyType}; local AWS applies StepScaling and TargetTrackingScaling, each with its own configuration.`,
      );
    }
    const existing = target.policies.get(name);
    const { account, region } = target.caller;
    const policy: Policy = {
      arn:
        existing?.arn ??
        `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:resource/ecs/${target.resourceId}:policyName/${name}`,
      name,
      type: step ? "StepScaling" : "TargetTrackingScaling",
      step,
      tracking,
      createdAt: existing?.createdAt ?? this.options.clock.now(),
      alarms: undefined,
    };
    if (existing) this.deleteAlarms(target, existing);
    if (tracking) {
      const { high, low } = trackingAlarms(target, policy.arn, tracking, randomUUID());
      for (const alarm of [high, low]) if (alarm) this.options.cloudWatch.putAlarm(target.caller, alarm);
      policy.alarms = { high: high.AlarmName, low: low?.AlarmName };
    }
    target.policies.set(name, policy);
    return policy;
  }

  private deleteAlarms({ caller }: ScalableTarget, { alarms }: Policy): void {
    for (const name of [alarms?.high, alarms?.low]) {
      if (name) this.options.cloudWatch.deleteAlarm(caller, name);
    }
  }

  private alarmsOf({ caller }: ScalableTarget, { arn }: Policy): { AlarmName: string; AlarmARN: string }[] {
    return this.options.cloudWatch
      .alarmsWith(caller, arn)
      .map(({ AlarmARN, AlarmName }) => ({ AlarmARN, AlarmName }));
  }

  private in({ account, region }: Caller): ScalableTarget[] {
    return [...this.targets.values()].filter(
      ({ caller }) => caller.account === account && caller.region === region,
    );
  }

  /** Throws ObjectNotFoundException. */
  private target(caller: Caller, { ResourceId = "" }: Input): ScalableTarget {
    const target = this.targets.get(keyOf(caller, ResourceId));
    if (target) return target;
    throw new AwsError(
      "ObjectNotFoundException",
      `No scalable target found for service namespace: ecs, resource ID: ${ResourceId}, scalable dimension: ${DIMENSION}`,
    );
  }

  private byArn(arn = ""): ScalableTarget {
    const target = [...this.targets.values()].find((each) => each.arn === arn);
    if (target) return target;
    throw new AwsError("ResourceNotFoundException", `There is no scalable target ${arn}.`);
  }
}

function keyOf({ account, region }: Caller, resourceId: string): string {
  return `${account}/${region}/${resourceId}`;
}
