import type { Construct } from "constructs";
import { accountOf, regionOfProvider } from "../core/account";
import { expression, tokenMarker } from "../core/expression";
import { checkImage } from "../core/image";
import { checkInlinePolicies } from "../core/inline-policies";
import { checkLogRetention } from "../core/log-retention";
import { checkRoleArn, checkRoles } from "../core/roles";
import { checkNamedOnlyOnce } from "../core/unique-ids";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkMatches,
  checkOneOf,
  checkRange,
  isToken,
} from "../core/validation";
import {
  checkCapacity as checkCapacityName,
  defaultHint,
  mayRunOnFargate,
  mayRunOnFargateAtPlan,
  runsOnFargate,
} from "../launcher/capacity";
import { checkInterruptionRetries, checkOnFailure } from "../launcher/on-failure";
import { networkModes } from "../launcher/route";
import { checkEbsVolume } from "./ebs-volume";
import { checkPullThroughCache } from "./ecr";
import { checkEgress, checkSecurityGroups } from "./egress";
import { checkFargateSize } from "./fargate";
import { checkContainerHealthCheck } from "./health-check";
import { checkLinux } from "./linux";
import { checkMounts } from "./mount";
import type { TaskProps } from "./props";
import { checkKeyArns, checkSecretArns } from "./secret-arn";
import { checkNamedOnce, checkNoSecrets } from "./secret-name";
import { checkSidecars } from "./sidecar";
import { checkUser } from "./user";

/** @throws ValidationError when AWS would refuse a value, or the container would be unsafe. */
export function checkTask(scope: Construct, props: TaskProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,54}$/,
    'a task name here has 1 to 54 letters, digits, hyphens and underscores (an IAM role name has at most 64, and "-execution" is added).',
  );
  checkImage(scope, "image", props.image);
  checkCapacity(scope, props);
  checkRange(scope, "port", props.port, 1, 65535, "TCP");
  checkUser(scope, "", props);
  checkContainerHealthCheck(scope, "containerHealthCheck", props.containerHealthCheck);
  checkStopTimeout(scope, props);
  checkLinux(scope, props, props.capacity ?? "FARGATE");
  checkMatches(
    scope,
    "scratchPath",
    props.scratchPath,
    /^\/[^:]+$/,
    "it takes an absolute path below the root, without colons.",
  );
  checkMatches(
    scope,
    "repositoryCredentialsArn",
    props.repositoryCredentialsArn,
    /^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$/,
    'it takes the ARN of a Secrets Manager secret, such as "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ghcr-AbCdEf".',
  );
  checkKeyArns(scope, "secretsKmsKeyArns", props.secretsKmsKeyArns);
  checkRange(scope, "ephemeralStorageGib", props.ephemeralStorageGib, 21, 200, "Fargate");
  checkOneOf(scope, "architecture", props.architecture, ["X86_64", "ARM64"]);
  checkLogRetention(scope, "logRetentionDays", props.logRetentionDays);
  check(
    scope,
    !(props.enableExecuteCommand && (props.readonlyRootFilesystem ?? true)),
    "enableExecuteCommand is true with readonlyRootFilesystem true; the agent of ECS Exec writes to the root file system. Set readonlyRootFilesystem to false.",
  );
  checkEnvironment(scope, props);
  checkClusterRegion(scope, props.clusterArn);
  checkRoles(scope, props.roles);
  checkExisting(scope, props);
  checkSidecars(scope, props);
  checkPullThroughCache(scope, props);
  const scratchPath = (props.createScratchVolume ?? true) ? (props.scratchPath ?? "/tmp") : undefined;
  checkMounts(scope, props.mounts ?? {}, scratchPath, props.ebsVolume?.containerPath);
  checkEbsVolume(scope, props);
  checkOnFailure(scope, "onFailure", props.onFailure);
  checkInterruptionRetries(scope, "interruptionRetries", props.interruptionRetries);
  checkInlinePolicies(scope, props.policies);
  checkSubnets(scope, props);
  for (const [name, rule] of Object.entries(props.egress ?? {})) checkEgress(scope, `egress.${name}`, rule);
  checkSecurityGroups(scope, props.securityGroupIds, props.networkMode);
}

/** RunTask refuses the ARN of a cluster of another region. */
function checkClusterRegion(scope: Construct, clusterArn: string): void {
  const known = regionOfProvider(scope);
  const region = known ?? accountOf(scope).region;
  const message = `clusterArn is "${clusterArn}"; a task in ${region} is launched only on clusters of ${region}.`;
  if (known === undefined || isToken(clusterArn))
    checkAtPlan(
      scope,
      [clusterArn, region],
      expression`try(split(":", ${clusterArn})[3] == ${region}, true)`,
      message,
    );
  else check(scope, [undefined, known].includes(clusterArn.split(":")[3]), message);
}

function checkExisting(scope: Construct, props: TaskProps): void {
  const { existingExecutionRole, existingTaskRole, existingLogGroup, roles, kmsKeyArn } = props;
  const createsInfrastructureRole = props.ebsVolume && !props.existingInfrastructureRole;
  checkRoleArn(scope, "existingExecutionRole.arn", existingExecutionRole?.arn, "engines-execution");
  checkRoleArn(scope, "existingTaskRole.arn", existingTaskRole?.arn, "engines-task");
  checkMatches(
    scope,
    "existingLogGroup.name",
    existingLogGroup?.name,
    /^[A-Za-z0-9._/#-]{1,512}$/,
    "a log group's name has 1 to 512 letters, digits and . _ / # -.",
  );
  const { permissionsBoundaryArn, path = "/", namePrefix = "", nameSuffix = "" } = roles ?? {};
  check(
    scope,
    !(existingExecutionRole && existingTaskRole && !createsInfrastructureRole) ||
      (permissionsBoundaryArn === undefined && path === "/" && namePrefix === "" && nameSuffix === ""),
    "roles is given with existingExecutionRole and existingTaskRole; it is for roles that are created. Remove it.",
  );
  if (!existingLogGroup) return;
  check(
    scope,
    kmsKeyArn === undefined,
    "kmsKeyArn is given with existingLogGroup; it encrypts a log group that is created. Set the key of the existing one where it is managed.",
  );
  const { logRetentionDays = 365 } = props;
  const retentionMessage = `logRetentionDays is ${logRetentionDays} with existingLogGroup; it is for a log group that is created. Set the retention of the existing one where it is managed.`;
  if (isToken(logRetentionDays))
    checkAtPlan(scope, [logRetentionDays], expression`${logRetentionDays} == 365`, retentionMessage);
  else check(scope, logRetentionDays === 365, retentionMessage);
}

function checkCapacity(scope: Construct, props: TaskProps): void {
  const { networkMode = "awsvpc", capacity = "FARGATE", cpu = 256, memory = 512 } = props;
  checkOneOf(scope, "networkMode", networkMode, networkModes);
  checkCapacityName(scope, "capacity", capacity);
  const modeMessage = `networkMode is "${networkMode}" with capacity "${capacity}"; Fargate supports only "awsvpc", EC2 supports "awsvpc", "bridge", "host".${defaultHint(capacity)}`;
  if (isToken(capacity) || isToken(networkMode))
    checkAtPlan(
      scope,
      [capacity, networkMode],
      expression`${networkMode} == "awsvpc" || !${mayRunOnFargateAtPlan(capacity)}`,
      modeMessage,
    );
  if (isToken(capacity)) return;
  if (mayRunOnFargate(capacity)) {
    checkFargateSize(scope, cpu, memory, defaultHint(capacity));
    check(scope, isToken(networkMode) || networkMode === "awsvpc", modeMessage);
  }
  if (runsOnFargate(capacity)) return;
  checkRange(scope, "cpu", cpu, 128, 196608, "ECS");
  checkInteger(
    scope,
    "memory",
    memory,
    [6, Number.POSITIVE_INFINITY],
    "Docker takes whole numbers from 6, in MiB.",
  );
  check(
    scope,
    !props.assignPublicIp,
    `assignPublicIp is true with capacity "${capacity}"; ECS assigns public IP addresses to tasks on Fargate only.`,
  );
  check(
    scope,
    props.ephemeralStorageGib === undefined,
    `ephemeralStorageGib is ${props.ephemeralStorageGib} with capacity "${capacity}"; only Fargate accepts it.`,
  );
}

function checkStopTimeout(
  scope: Construct,
  { stopTimeoutSeconds: seconds, capacity = "FARGATE" }: TaskProps,
): void {
  const [max, allowed] =
    isToken(capacity) || !mayRunOnFargate(capacity)
      ? [Number.POSITIVE_INFINITY, "2 or more"]
      : [120, "2 to 120 on Fargate"];
  checkInteger(
    scope,
    "stopTimeoutSeconds",
    seconds,
    [2, max],
    `it takes a whole number of seconds, ${allowed}.`,
  );
}

function checkEnvironment(scope: Construct, props: TaskProps): void {
  const { environment = {}, secrets = {} } = props;
  checkSecretArns(scope, "secrets", secrets);
  checkNoSecrets(scope, "environment", environment, props.plainEnvironmentNames);
  checkNamedOnce(scope, "", environment, secrets);
}

function checkSubnets(scope: Construct, { subnetIds, networkMode = "awsvpc" }: TaskProps): void {
  checkNamedOnlyOnce(scope, "subnetIds", subnetIds);
  if (isToken(subnetIds) || isToken(networkMode) || networkMode !== "awsvpc") return;
  check(
    scope,
    subnetIds.length >= 1 && subnetIds.length <= 16,
    `subnetIds has ${subnetIds.length} subnets; a task with networkMode "awsvpc" takes 1 to 16.`,
  );
}

/** @throws ValidationError when container definitions are longer than ECS accepts, without what tokens resolve to. */
export function checkDefinitionsSize(scope: Construct, definitions: string): void {
  const known = definitions.split(tokenMarker).filter((part) => !tokenMarker.test(part));
  const { length } = known.join("");
  check(
    scope,
    length <= 65536,
    `environment, command and the other settings of the containers make container definitions of ${length} characters; ECS takes at most 65536. Put long values into a parameter or an object.`,
  );
}
