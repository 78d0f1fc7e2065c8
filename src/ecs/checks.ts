import type { Construct } from "constructs";
import { accountOf, regionOfProvider } from "../core/account";
import { checkKmsKeyArn } from "../core/common-inputs";
import { expression } from "../core/expression";
import {
  check,
  checkAtPlan,
  checkLength,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import type { EcsProps } from "./props";

/** @throws ValidationError when AWS would refuse a value, or two values contradict each other. */
export function checkEcs(scope: Construct, props: EcsProps): void {
  checkMatches(
    scope,
    "projectName",
    props.projectName,
    /^[A-Za-z0-9_-]{1,54}$/,
    "it has 1 to 54 letters, digits, hyphens and underscores.",
  );
  checkMatches(
    scope,
    "environment",
    props.environment,
    /^[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u,
    "it has 1 to 256 letters, digits, spaces and _ . : / = + - @.",
  );
  checkLength(scope, "environment", props.environment, 256, "a tag");
  checkMatches(
    scope,
    "clusterName",
    props.clusterName,
    /^[A-Za-z0-9_-]{1,255}$/,
    "an ECS cluster name has 1 to 255 letters, digits, hyphens and underscores.",
  );
  checkLiteral(scope, "capacity", props.capacity, "decides how tasks are placed");
  checkOneOf(scope, "capacity", props.capacity, ["FARGATE", "FARGATE_SPOT"]);
  checkRange(scope, "healthCheckGracePeriod", props.healthCheckGracePeriod, 0, 2147483647, "ECS");
  checkMatches(
    scope,
    "targetGroup.arn",
    props.targetGroup?.arn,
    /^arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:targetgroup\/.+$/,
    'it takes the ARN of a target group, such as "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/bottles/0123456789abcdef".',
  );
  checkAccount(scope, props);
  checkHealthCheck(scope, props);
  checkCapacity(scope, props);
  checkFileSystem(scope, props);
}

function checkAccount(scope: Construct, { awsRegion, awsAccountId }: EcsProps): void {
  checkMatches(
    scope,
    "awsRegion",
    awsRegion,
    /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/,
    'it takes the name of a region, such as "eu-west-1".',
  );
  checkMatches(
    scope,
    "awsAccountId",
    awsAccountId,
    /^[0-9]{12}$/,
    "it takes the ID of an AWS account, which has 12 digits.",
  );
  const configured = regionOfProvider(scope);
  const other = (region: string) =>
    `awsRegion is "${awsRegion}" and the AWS provider is configured for ${region}; give both the same region.`;
  check(
    scope,
    !isKnown(configured) || !isKnown(awsRegion) || configured === awsRegion,
    other(configured ?? ""),
  );
  const { region, accountId } = accountOf(scope);
  checkAtPlan(scope, [region, awsRegion], expression`${region} == ${awsRegion}`, other("another region"));
  checkAtPlan(
    scope,
    [accountId, awsAccountId],
    expression`${accountId} == ${awsAccountId}`,
    `awsAccountId is "${awsAccountId}" and the credentials of the AWS provider are of another account; give the ID of that account, or the credentials of the other one.`,
  );
}

function checkHealthCheck(
  scope: Construct,
  { containerHealthCheck, healthCheckGracePeriod = 300 }: EcsProps,
): void {
  if (containerHealthCheck === undefined) return;
  const message = `healthCheckGracePeriod is ${healthCheckGracePeriod} with containerHealthCheck; ECS ignores failures of a container's health check for at most 300 seconds.`;
  if (isToken(healthCheckGracePeriod))
    checkAtPlan(scope, [healthCheckGracePeriod], expression`${healthCheckGracePeriod} <= 300`, message);
  else check(scope, healthCheckGracePeriod <= 300, message);
}

function checkCapacity(
  scope: Construct,
  { minCapacity: min = 0, maxCapacity: max = 10, desiredCount, enableAutoScaling = true }: EcsProps,
): void {
  checkRange(scope, "minCapacity", min, 0, 5000, "ECS");
  checkRange(scope, "maxCapacity", max, 1, 5000, "ECS");
  const message = `minCapacity is ${min} and maxCapacity is ${max}; minCapacity is at most maxCapacity.`;
  if ([min, max].some(isToken)) checkAtPlan(scope, [min, max], expression`${min} <= ${max}`, message);
  else check(scope, min <= max, message);
  check(
    scope,
    desiredCount === undefined || !enableAutoScaling,
    `desiredCount is ${desiredCount} with enableAutoScaling true; then the number is between minCapacity and maxCapacity, so leave desiredCount out.`,
  );
}

function checkFileSystem(scope: Construct, props: EcsProps): void {
  checkOneOf(scope, "efsPerformanceMode", props.efsPerformanceMode, ["generalPurpose", "maxIO"]);
  checkOneOf(scope, "efsThroughputMode", props.efsThroughputMode, ["bursting", "provisioned", "elastic"]);
  checkLiteral(scope, "efsThroughputMode", props.efsThroughputMode, "decides what a throughput is given for");
  checkKmsKeyArn(scope, "efsKmsKeyArn", props.efsKmsKeyArn);
  const throughput = props.efsProvisionedThroughput;
  const message = `efsProvisionedThroughput is ${throughput}; EFS takes 1 to 3414, in MiB per second.`;
  if (isToken(throughput))
    checkAtPlan(scope, [throughput], expression`${throughput} >= 1 && ${throughput} <= 3414`, message);
  else check(scope, throughput === undefined || (throughput >= 1 && throughput <= 3414), message);
  for (const path of ["efsMountPath", "scratchPath"] as const)
    checkMatches(
      scope,
      path,
      props[path],
      /^\/[^:]+$/,
      "it takes an absolute path below the root, without colons.",
    );
  if ((props.enableEfsStorage ?? true) && props.efsSubnetIds === undefined)
    check(
      scope,
      !isToken(props.privateSubnetIds),
      'privateSubnetIds is a list that only Terraform knows, and each subnet needs a mount target. Give efsSubnetIds as a map with literal keys, for instance { "eu-west-1a": Fn.element(subnetIds, 0) }, or set enableEfsStorage to false.',
    );
}
