import type { Construct } from "constructs";
import { expression } from "../core/expression";
import {
  check,
  checkAtPlan,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isToken,
} from "../core/validation";
import { checkCapacity } from "../launcher/capacity";
import { networkModes, targetTypes } from "../launcher/route";
import type { EcsServiceProps, EcsServiceRoute } from "./props";
import { checkScaling } from "./scaling";

/** @throws ValidationError when ECS would refuse a value, or two values contradict each other. */
export function checkProps(scope: Construct, props: EcsServiceProps, route: EcsServiceRoute): void {
  const { minHealthyPercent = 100, maxPercent = 200 } = props;
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,100}$/,
    "the name of an ECS service here has 1 to 100 letters, digits, hyphens and underscores (ECS allows 255, and its policies have a suffix).",
  );
  checkMatches(
    scope,
    "taskDefinitionArn",
    props.taskDefinitionArn,
    /^arn:[^:]+:ecs:[^:]+:[0-9]{12}:task-definition\/[A-Za-z0-9_-]{1,255}:[0-9]+$/,
    'it takes the ARN of a revision, such as "arn:aws:ecs:eu-west-1:123456789012:task-definition/worker:7".',
  );
  checkRange(scope, "desiredCount", props.desiredCount, 0, 5000, "ECS");
  checkRange(scope, "minHealthyPercent", props.minHealthyPercent, 0, 100, "it");
  checkRange(scope, "maxPercent", props.maxPercent, 100, 200, "it");
  checkPercents(scope, minHealthyPercent, maxPercent);
  checkRange(
    scope,
    "healthCheckGracePeriodSeconds",
    props.healthCheckGracePeriodSeconds,
    0,
    2147483647,
    "ECS",
  );
  checkOneOf(scope, "propagateTags", props.propagateTags, ["SERVICE", "TASK_DEFINITION", "NONE"]);
  checkRoute(scope, route);
  check(
    scope,
    props.healthCheckGracePeriodSeconds === undefined || route.targetType !== undefined,
    `healthCheckGracePeriodSeconds is ${props.healthCheckGracePeriodSeconds} and route has no target group; ECS refuses it. A container's own health check has startPeriodSeconds in the task.`,
  );
  check(
    scope,
    props.desiredCount === undefined || props.scaling === undefined,
    `desiredCount is ${props.desiredCount} and scaling is given; with scaling the count is between scaling.min and scaling.max, so leave desiredCount out.`,
  );
  if (props.scaling) checkScaling(scope, props.scaling);
}

function checkPercents(scope: Construct, min: number, max: number): void {
  const message = `minHealthyPercent is ${min} and maxPercent is ${max}; a deployment could neither stop an old task nor start a new one, so maxPercent must be more than minHealthyPercent.`;
  if ([min, max].some(isToken)) checkAtPlan(scope, [min, max], expression`${min} < ${max}`, message);
  else check(scope, min < max, message);
}

function checkRoute(scope: Construct, route: EcsServiceRoute): void {
  const { capacity, networkMode, targetType, targetGroupArn, port } = route;
  checkMatches(
    scope,
    "route.clusterArn",
    route.clusterArn,
    /^arn:[^:]+:ecs:[^:]+:[0-9]{12}:cluster\/[A-Za-z0-9_-]{1,255}$/,
    'it takes the ARN of an ECS cluster, such as "arn:aws:ecs:eu-west-1:123456789012:cluster/engines".',
  );
  checkLiteral(scope, "route.capacity", capacity, "decides how tasks are placed");
  checkCapacity(scope, "route.capacity", capacity, ["FARGATE", "FARGATE_SPOT", "EC2"]);
  checkLiteral(scope, "route.networkMode", networkMode, "decides whether a task has a network interface");
  checkOneOf(scope, "route.networkMode", networkMode, networkModes);
  checkLiteral(scope, "route.targetType", targetType, "decides whether ECS registers targets");
  checkOneOf(scope, "route.targetType", targetType, targetTypes);
  if (networkMode === undefined || networkMode === "awsvpc") checkNetwork(scope, route);
  check(
    scope,
    (targetType === undefined) === (targetGroupArn === undefined),
    "route has only one of targetGroupArn and targetType; give both or neither.",
  );
  check(
    scope,
    targetType === undefined || port !== undefined,
    "route has a target group and no port; a target is an address and a port, so the task needs a port.",
  );
  check(
    scope,
    route.ebsVolume === undefined,
    "route has an EBS volume, which this block does not configure; give the task ephemeralStorageGib or mounts, or start it with a launcher.",
  );
}

function checkNetwork(scope: Construct, { subnetIds, securityGroupIds }: EcsServiceRoute): void {
  const takes = "ECS takes 1 to 16 subnets and at most 5 security groups.";
  if ([subnetIds, securityGroupIds].some(isToken))
    checkAtPlan(
      scope,
      [subnetIds, securityGroupIds],
      expression`length(${subnetIds}) >= 1 && length(${subnetIds}) <= 16 && length(${securityGroupIds}) <= 5`,
      `route has too many or too few subnets or security groups; ${takes}`,
    );
  else
    check(
      scope,
      subnetIds.length >= 1 && subnetIds.length <= 16 && securityGroupIds.length <= 5,
      `route has ${subnetIds.length} subnets and ${securityGroupIds.length} security groups; ${takes}`,
    );
}
