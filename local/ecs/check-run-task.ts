import { AwsError } from "../aws-error";
import type { Capacity } from "./capacity/resolve-capacity";
import { checkVolumes } from "./check-volumes";
import { isFargateSize } from "./fargate-sizes";
import type { RunTaskInput, TaskDefinition } from "./types";

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
const MAX_OVERRIDES = 8192;
const MAX_COUNT = 10;
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;
const MAX_TAGS = 50;
const MAX_GROUP = 255;

/** Throws the error of ECS for a request that is invalid by itself. */
export function checkRunTask(input: RunTaskInput): void {
  const {
    count = 1,
    clientToken,
    startedBy,
    group = "",
    tags = [],
    overrides,
    launchType,
    capacityProviderStrategy,
  } = input;
  if (!input.taskDefinition) throw new AwsError("ClientException", "TaskDefinition can not be blank.");
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    refuse(`Count is ${count}; it must be between 1 and ${MAX_COUNT}.`);
  }
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken)) {
    refuse(`clientToken must be 1 to 64 ASCII characters between 33 and 126; it has ${clientToken.length}.`);
  }
  if (startedBy !== undefined && !/^[A-Za-z0-9/_-]{0,128}$/.test(startedBy)) {
    refuse(`startedBy must be at most 128 letters, digits, hyphens, slashes and underscores: ${startedBy}`);
  }
  if (group.length > MAX_GROUP) refuse(`group has ${group.length} characters; the limit is ${MAX_GROUP}.`);
  if (tags.length > MAX_TAGS) refuse(`The number of tags is ${tags.length}; the limit is ${MAX_TAGS}.`);
  for (const { key, value = "" } of tags) {
    if (!key || key.length > 128 || value.length > 256)
      refuse(`Tag ${key}: keys have 1 to 128 characters, values up to 256.`);
  }
  if (overrides && JSON.stringify(overrides).length > MAX_OVERRIDES) {
    refuse(`Container Overrides length must be at most ${MAX_OVERRIDES}`);
  }
  if (launchType && capacityProviderStrategy?.length) {
    refuse(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  }
  if (input.propagateTags && !["TASK_DEFINITION", "NONE"].includes(input.propagateTags)) {
    refuse(`propagateTags of a task is TASK_DEFINITION or NONE, not ${input.propagateTags}.`);
  }
}

/** Throws the error of ECS for a request that does not match its task definition. */
export function checkAgainstDefinition(
  input: RunTaskInput,
  definition: TaskDefinition,
  { launchType }: Capacity,
): void {
  checkGroup(input, definition);
  checkTags(input, definition);
  const names = definition.containerDefinitions.map(({ name }) => name);
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!name || !names.includes(name)) {
      refuse(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  const fargate = launchType === "FARGATE";
  if (fargate) checkSize(input, definition);
  checkVolumes(input, definition, fargate);
  if (definition.networkMode === "awsvpc") checkNetwork(input, fargate);
  else if (definition.networkMode) checkSharedNetwork(input, fargate);
}

/**
 * ECS reads the text before a colon as a namespace. AWS does not document which namespaces RunTask accepts. Users report
 * this error for `service:` and for their own names, so only the default group `family:<family>` is accepted here.
 */
function checkGroup({ group = "" }: RunTaskInput, { family }: TaskDefinition): void {
  if (group.includes(":") && group !== `family:${family}`) refuse("Invalid namespace for group.");
}

/** AWS does not document which of two tags with one key it takes. */
function checkTags({ tags = [], propagateTags }: RunTaskInput, definition: TaskDefinition): void {
  if (propagateTags !== "TASK_DEFINITION") return;
  const propagated = definition.tags ?? [];
  const twice = tags.find(({ key }) => propagated.some((tag) => tag.key === key));
  if (twice) refuse(`Duplicate tag key ${twice.key}: in the request and in the task definition.`);
  const count = tags.length + propagated.length;
  if (count > MAX_TAGS) refuse(`The number of tags is ${count}; the limit is ${MAX_TAGS}.`);
}

/** For the network modes in which a task uses the network of its container instance. */
function checkSharedNetwork({ networkConfiguration }: RunTaskInput, fargate: boolean): void {
  if (fargate) throw new AwsError("ClientException", "Fargate only supports network mode 'awsvpc'.");
  if (networkConfiguration) {
    refuse("Network Configuration is not valid for the given networkMode of this task definition.");
  }
}

function checkSize({ overrides }: RunTaskInput, definition: TaskDefinition): void {
  const cpu = overrides?.cpu ?? definition.cpu;
  const memory = overrides?.memory ?? definition.memory;
  if (!isFargateSize(cpu, memory)) {
    throw new AwsError(
      "ClientException",
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
}

function checkNetwork({ networkConfiguration }: RunTaskInput, fargate: boolean): void {
  const network = networkConfiguration?.awsvpcConfiguration;
  if (!network) refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const { subnets = [], securityGroups = [], assignPublicIp } = network;
  if (subnets.length === 0) refuse("subnets can not be empty.");
  if (subnets.length > MAX_SUBNETS) refuse(`subnets can have at most ${MAX_SUBNETS} items.`);
  if (securityGroups.length > MAX_SECURITY_GROUPS) {
    refuse(`securityGroups can have at most ${MAX_SECURITY_GROUPS} items.`);
  }
  if (assignPublicIp !== undefined && !["ENABLED", "DISABLED"].includes(assignPublicIp)) {
    refuse(`assignPublicIp is ENABLED or DISABLED, not ${assignPublicIp}.`);
  }
  if (assignPublicIp === "ENABLED" && !fargate)
    refuse("Assign public IP is not supported for this launch type.");
}

function refuse(message: string): never {
  throw new AwsError("InvalidParameterException", message);
}
