import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { checkLogRetention } from "../core/log-retention";
import { checkKeys } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import { checkInterruptionRetries, checkOnFailure } from "../launcher/on-failure";
import { capacities, networkModes } from "../launcher/route";
import { checkCidr } from "../network/check-cidr";
import { checkFargateSize } from "./fargate";
import { checkMounts } from "./mount";
import type { EgressRule, TaskProps } from "./props";
import { checkSecretArns } from "./secret-arn";

/** @throws ValidationError when AWS would refuse a value, or the container would be unsafe. */
export function checkTask(scope: Construct, props: TaskProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,54}$/,
    'a task name here has 1 to 54 letters, digits, hyphens and underscores (an IAM role name has at most 64, and "-execution" is added).',
  );
  checkMatches(
    scope,
    "image",
    props.image,
    /^[A-Za-z0-9._:/@#-]+$/,
    "an image name has only letters, digits and . _ : / @ # -.",
  );
  checkCapacity(scope, props);
  checkRange(scope, "port", props.port, 1, 65535, "TCP");
  checkUser(scope, props.user);
  checkMatches(
    scope,
    "scratchPath",
    props.scratchPath,
    /^\/[^:]+$/,
    "it takes an absolute path below the root, without colons.",
  );
  checkRange(scope, "ephemeralStorageGib", props.ephemeralStorageGib, 21, 200, "Fargate");
  checkOneOf(scope, "architecture", props.architecture, ["X86_64", "ARM64"]);
  checkLogRetention(scope, "logRetentionDays", props.logRetentionDays);
  checkEnvironment(scope, props);
  checkMounts(scope, props.mounts ?? {}, props.scratchPath ?? "/tmp");
  checkOnFailure(scope, "onFailure", props.onFailure);
  checkInterruptionRetries(scope, "interruptionRetries", props.interruptionRetries);
  checkKeys(scope, "policies", props.policies);
  for (const [name, document] of Object.entries(props.policies ?? {})) checkPolicy(scope, name, document);
  for (const [name, rule] of Object.entries(props.egress ?? {})) checkEgress(scope, `egress.${name}`, rule);
}

function checkCapacity(scope: Construct, props: TaskProps): void {
  const { networkMode = "awsvpc", capacity = "FARGATE", cpu = 256, memory = 512 } = props;
  checkOneOf(scope, "networkMode", networkMode, networkModes);
  checkOneOf(scope, "capacity", capacity, capacities);
  const modeMessage = `networkMode is "${networkMode}" with capacity "${capacity}"; Fargate supports only "awsvpc", EC2 supports "awsvpc", "bridge", "host".`;
  if (isToken(capacity) || isToken(networkMode))
    checkAtPlan(
      scope,
      [capacity, networkMode],
      expression`${networkMode} == "awsvpc" || ${capacity} == "EC2"`,
      modeMessage,
    );
  if (isToken(capacity)) return;
  if (capacity !== "EC2") {
    checkFargateSize(scope, cpu, memory);
    check(scope, isToken(networkMode) || networkMode === "awsvpc", modeMessage);
    return;
  }
  checkRange(scope, "cpu", cpu, 128, 196608, "ECS");
  const memoryMessage = `memory is ${memory}; Docker needs 6 MiB or more.`;
  if (isKnown(memory)) check(scope, memory >= 6, memoryMessage);
  else checkAtPlan(scope, [memory], expression`${memory} >= 6`, memoryMessage);
  check(
    scope,
    !props.assignPublicIp,
    'assignPublicIp is true with capacity "EC2"; ECS assigns public IP addresses to tasks on Fargate only.',
  );
  check(
    scope,
    props.ephemeralStorageGib === undefined,
    `ephemeralStorageGib is ${props.ephemeralStorageGib} with capacity "EC2"; only Fargate accepts it.`,
  );
}

function checkUser(scope: Construct, user: string | undefined): void {
  if (user === undefined) return;
  const name = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  const [valid, root] = [`^${name}(:${name})?$`, "^(root|0+)(:|$)"];
  const message = `user is "${user}"; it takes a user other than root, by name or number, optionally with :group, for instance "1000:1000".`;
  if (isKnown(user)) check(scope, new RegExp(valid).test(user) && !new RegExp(root).test(user), message);
  else
    checkAtPlan(
      scope,
      [user],
      expression`can(regex(${valid}, ${user})) && !can(regex(${root}, ${user}))`,
      message,
    );
}

/** Names of variables that indicate a secret. */
const secretName = /password|secret|token|api_?key|private_key/i;
/** Endings of names of variables that only say where a secret is. */
const secretReference = /_(name|arn|url|id|path)$/i;

function checkEnvironment(scope: Construct, { environment = {}, secrets = {} }: TaskProps): void {
  checkSecretArns(scope, "secrets", secrets);
  const instead =
    "anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead.";
  const once = "is in both environment and secrets; give each name once.";
  const names = isToken(environment) ? [] : Object.keys(environment).sort();
  const secretNames = names.filter((name) => secretName.test(name) && !secretReference.test(name));
  check(scope, secretNames.length === 0, `environment has ${secretNames.join(", ")}; ${instead}`);
  if (isToken(environment)) {
    const [secret, reference] = [secretName, secretReference].map(({ source }) => `(?i)${source}`);
    checkAtPlan(
      scope,
      [environment],
      expression`alltrue([for name in keys(${environment}) : !can(regex(${secret}, name)) || can(regex(${reference}, name))])`,
      `environment has the name of a secret; ${instead}`,
    );
  }
  if (isToken(environment) || isToken(secrets)) {
    checkAtPlan(
      scope,
      [environment, secrets],
      expression`length(setintersection(keys(${environment}), keys(${secrets}))) == 0`,
      `A name ${once}`,
    );
    return;
  }
  const inBoth = names.filter((name) => name in secrets);
  check(scope, inBoth.length === 0, `${inBoth.join(", ")} ${once}`);
}

function checkPolicy(scope: Construct, name: string, document: string): void {
  check(
    scope,
    /^[A-Za-z0-9_+=,.@-]{1,128}$/.test(name),
    `policies names "${name}"; a policy name has 1 to 128 letters, digits and _ + = , . @ -.`,
  );
  check(
    scope,
    isToken(document) || isJsonObject(document),
    `policies has "${name}", which is not the JSON text of a policy document.`,
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function checkEgress(scope: Construct, prop: string, rule: EgressRule): void {
  checkRange(scope, `${prop}.port`, rule.port, 1, 65535, "TCP or UDP");
  checkOneOf(scope, `${prop}.protocol`, rule.protocol, ["tcp", "udp"]);
  checkCidr(scope, `${prop}.cidrIpv4`, rule.cidrIpv4);
  checkMatches(
    scope,
    `${prop}.description`,
    rule.description,
    /^[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/,
    "EC2 takes 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*.",
  );
}
