import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { EcsService as EcsServiceResource } from "@cdktf/provider-aws/lib/ecs-service";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { nameIn } from "../core/arn";
import { checkCommonInputs } from "../core/common-inputs";
import { sortedEntries } from "../core/maps";
import { policy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { placementOf } from "../launcher/capacity";
import { checkProps } from "./checks";
import type { EcsServiceProps, EcsServiceRoute } from "./props";
import { queueDepthPolicies } from "./queue-depth";
import type { Scaling } from "./scaling";
import type { StepPolicy } from "./steps";
import { percentsOf, predefinedMetrics, stepScalingPolicies } from "./utilization";

export type { EcsServiceProps, EcsServiceRoute } from "./props";
export type { CustomMetric, QueueDepth, Scaling, StepScaling, Utilization } from "./scaling";

/**
 * An ECS service: as many running tasks of a task definition as `desiredCount` says, or as `scaling` finds by the depth of
 * a queue or the utilization of the tasks. A deployment that fails is rolled back. Twin of the module `ecs-service`.
 *
 * @example
 * import { EcsService } from "cdktf-event-driven-ecs/ecs-service";
 * import type { Queue } from "cdktf-event-driven-ecs/queue";
 * import type { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const worker: Task, jobs: Queue;
 * new EcsService(this, "worker", {
 *   name: "worker",
 *   route: worker,
 *   taskDefinitionArn: worker.taskDefinitionArn,
 *   scaling: { min: 0, max: 10, queueDepth: { queueName: jobs.queueName, messagesPerTask: 5 } },
 * });
 *
 * @throws ValidationError when ECS or Application Auto Scaling would refuse a value, or two values contradict each other.
 */
export class EcsService extends Twin {
  /** Name of the ECS service. */
  readonly serviceName: string;
  /** ARN of the ECS service. */
  readonly serviceArn: string;
  /** ARN of the scalable target, with which Application Auto Scaling sets the count. */
  readonly scalableTargetArn: string;
  /** Names of the alarms that scale. Target tracking makes its alarms itself, so they are not among them. */
  readonly alarmNames: readonly string[];
  /**
   * JSON text of the policy with which a task protects itself from being stopped by scaling or a deployment. With
   * `scaling` the task role has it, unless it is an existing one, which needs it. IAM can limit it to the tasks of the
   * cluster, not to those of one ECS service.
   */
  readonly taskProtectionPolicyJson: string;
  /**
   * JSON text of a policy that allows to read and to set the count of this ECS service only, for what starts the first
   * task itself instead of waiting for an alarm. It allows every other change of the ECS service too, since IAM knows no
   * narrower permission.
   */
  readonly wakePolicyJson: string;

  constructor(scope: Construct, id: string, given: EcsServiceProps) {
    super(scope, id);
    const props = typed(this, "ecs-service", withoutNulls(given));
    const route = "route" in props.route ? props.route.route : props.route;
    checkCommonInputs(this, "ecs-service", props);
    checkProps(this, props, route);
    this.useNames(props.names);
    const { scaling, tags } = props;
    const name = this.named("aws_ecs_service.this") ?? props.name;
    const count = props.desiredCount ?? 1;

    this.taskProtectionPolicyJson = policy({
      Effect: "Allow",
      Action: ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
      Resource: `${Fn.replace(route.clusterArn, ":cluster/", ":task/")}/*`,
    });
    const taskProtection = scaling === undefined ? undefined : this.allowTaskProtection(props.name, route);

    const service = this.twin(
      "aws_ecs_service.this",
      new EcsServiceResource(this, "service", {
        name,
        cluster: route.clusterArn,
        taskDefinition: props.taskDefinitionArn,
        desiredCount: scaling?.min ?? count,
        ...placement(route),
        deploymentMinimumHealthyPercent: props.minHealthyPercent ?? 100,
        deploymentMaximumPercent: props.maxPercent ?? 200,
        deploymentCircuitBreaker: {
          enable: props.circuitBreaker ?? true,
          rollback: props.circuitBreaker ?? true,
        },
        availabilityZoneRebalancing: "DISABLED",
        healthCheckGracePeriodSeconds: props.healthCheckGracePeriodSeconds,
        enableExecuteCommand: route.enableExecuteCommand ?? false,
        enableEcsManagedTags: true,
        propagateTags: props.propagateTags ?? "SERVICE",
        loadBalancer:
          route.targetType === undefined
            ? undefined
            : [
                {
                  targetGroupArn: route.targetGroupArn,
                  containerName: route.containerName,
                  containerPort: route.port!,
                },
              ],
        tags,
        // Application Auto Scaling sets the count, with and without `scaling`. A second resource for a fixed count would
        // have another address, and a service that gets or loses its scaling would be replaced.
        lifecycle: { ignoreChanges: ["desired_count"] },
        // A task can protect itself as soon as it runs.
        dependsOn: taskProtection && [taskProtection],
      }),
    );

    const clusterName = nameIn(route.clusterArn);
    const target = this.twin(
      "aws_appautoscaling_target.this",
      new AppautoscalingTarget(this, "target", {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: `service/${clusterName}/${service.name}`,
        // A fixed count is a range of one number.
        minCapacity: scaling?.min ?? count,
        maxCapacity: scaling?.max ?? count,
        tags,
      }),
    );

    if (scaling?.targetTracking) this.trackTargets(props.name, target, scaling);
    const { queueDepth, stepScaling } = scaling ?? {};
    const policies = {
      ...(queueDepth && queueDepthPolicies(props.name, scaling!, queueDepth)),
      ...(stepScaling &&
        stepScalingPolicies(props.name, scaling!, stepScaling, {
          ClusterName: clusterName,
          ServiceName: name,
        })),
    };
    this.alarmNames = sortedEntries(policies).map(([key, each]) =>
      this.scaleBySteps(props, target, key, each),
    );

    this.serviceName = service.name;
    this.serviceArn = service.id;
    this.scalableTargetArn = target.arn;
    this.wakePolicyJson = policy({
      Effect: "Allow",
      Action: ["ecs:DescribeServices", "ecs:UpdateService"],
      Resource: service.id,
    });
    this.refuseUnknownNames();
  }

  /** Nothing is attached to a role that its task did not create. */
  private allowTaskProtection(name: string, route: EcsServiceRoute): IamRolePolicy | undefined {
    if (route.existingTaskRole) return undefined;
    const address = 'aws_iam_role_policy.task_protection["this"]';
    return this.twin(
      address,
      new IamRolePolicy(this, "task-protection", {
        name: this.named(address) ?? `${name}-task-protection`,
        role: route.taskRoleName,
        policy: this.taskProtectionPolicyJson,
      }),
    );
  }

  /** Application Auto Scaling makes the alarms, and scales in only when all of these policies agree. */
  private trackTargets(name: string, target: AppautoscalingTarget, scaling: Scaling): void {
    for (const [used, percent] of percentsOf(scaling.targetTracking!)) {
      const address = `aws_appautoscaling_policy.target_tracking["${used}"]`;
      this.twin(
        address,
        new AppautoscalingPolicy(this, `target-tracking-${used}`, {
          name: this.named(address) ?? `${name}-${used}`,
          policyType: "TargetTrackingScaling",
          ...scaled(target),
          targetTrackingScalingPolicyConfiguration: {
            targetValue: percent,
            scaleOutCooldown: scaling.scaleOutCooldownSeconds ?? 60,
            scaleInCooldown: scaling.scaleInCooldownSeconds ?? 300,
            predefinedMetricSpecification: { predefinedMetricType: predefinedMetrics[used] },
          },
        }),
      );
    }
  }

  /** Makes the policy and its alarm, and returns the name of the alarm. */
  private scaleBySteps(
    { name, tags }: EcsServiceProps,
    target: AppautoscalingTarget,
    key: string,
    steps: StepPolicy,
  ): string {
    const policyAddress = `aws_appautoscaling_policy.steps["${key}"]`;
    const scalingPolicy = this.twin(
      policyAddress,
      new AppautoscalingPolicy(this, `${key}-policy`, {
        name: this.named(policyAddress) ?? `${name}-${key}`,
        policyType: "StepScaling",
        ...scaled(target),
        stepScalingPolicyConfiguration: {
          adjustmentType: steps.adjustment,
          cooldown: steps.cooldown,
          metricAggregationType: steps.statistic,
          stepAdjustment: steps.steps.map(({ count, from, to }) => ({
            scalingAdjustment: count,
            metricIntervalLowerBound: from,
            metricIntervalUpperBound: to,
          })),
        },
      }),
    );
    const alarmAddress = `aws_cloudwatch_metric_alarm.steps["${key}"]`;
    const alarm = this.twin(
      alarmAddress,
      new CloudwatchMetricAlarm(this, `${key}-alarm`, {
        alarmName: this.named(alarmAddress) ?? `${name}-${key}`,
        alarmDescription: steps.description,
        evaluationPeriods: steps.periods,
        comparisonOperator: steps.operator,
        threshold: steps.threshold,
        treatMissingData: steps.missing,
        alarmActions: [scalingPolicy.arn],
        metricQuery: [
          { id: "watched", expression: steps.expression, label: steps.label, returnData: true },
          ...Object.entries(steps.metrics).map(([metricId, { name: metricName, namespace, ...metric }]) => ({
            id: metricId,
            metric: {
              namespace,
              metricName,
              dimensions: metric.dimensions,
              stat: metric.statistic,
              period: 60,
            },
          })),
        ],
        tags,
      }),
    );
    return alarm.alarmName;
  }
}

const placement = (route: EcsServiceRoute) => {
  const { capacity = "FARGATE", networkMode = "awsvpc" } = route;
  return {
    ...placementOf(capacity),
    networkConfiguration:
      networkMode === "awsvpc"
        ? {
            subnets: [...route.subnetIds],
            securityGroups: [...route.securityGroupIds],
            assignPublicIp: route.assignPublicIp ?? false,
          }
        : undefined,
  };
};

const scaled = ({ serviceNamespace, scalableDimension, resourceId }: AppautoscalingTarget) => ({
  serviceNamespace,
  scalableDimension,
  resourceId,
});
