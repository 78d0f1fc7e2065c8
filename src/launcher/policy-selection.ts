import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { distinct } from "../core/distinct";
import { expression } from "../core/expression";
import type { PolicyStatement } from "../core/policy";
import { check, checkMatches, isToken } from "../core/validation";
import { type LaunchRoute, launchSettings, networkOf } from "./route";

/** Where the function `run-policy` finds its mapping file and its policies, and what it does with them. */
export interface PolicySelection {
  /** Name of the bucket with the mapping file and the policies. */
  readonly bucketName: string;
  /** ARN of that bucket. */
  readonly bucketArn: string;
  /**
   * ARN of the KMS key of that bucket, if that is not `kmsKeyArn` of the launcher.
   * @default - the key of the launcher
   */
  readonly kmsKeyArn?: string;
  /**
   * Key of the mapping file.
   * @default "config/policy-mappings.json"
   */
  readonly mappingKey?: string;
  /**
   * Folder of the policies in the bucket, with `/` at its end.
   * @default "policies/"
   */
  readonly policiesPrefix?: string;
  /**
   * Key of the policy for findings that match no mapping, with `useDefaultPolicy`.
   * @default - none
   */
  readonly defaultPolicyKey?: string;
  /**
   * Whether the default policy acts on findings that match no mapping. If false, they are ignored.
   * @default false
   */
  readonly useDefaultPolicy?: boolean;
  /**
   * Whether the function adds a link to the resource to a finding.
   * @default true
   */
  readonly enableEnrichment?: boolean;
  /**
   * IDs of other accounts than the function's whose findings are acted on.
   * @default - none
   */
  readonly memberAccountIds?: readonly string[];
  /**
   * ARNs of roles that tasks act with beside the task role, such as those in other accounts. CloudTrail events that they
   * or the task role caused are ignored, so that a remediation does not start the next one.
   * @default - only the task role
   */
  readonly workerRoleArns?: readonly string[];
  /**
   * Queue for runs, which the workers of an ECS service make. The function then has no permission to run tasks.
   * @default - each run has a task of its own
   */
  readonly runQueue?: { readonly url: string; readonly arn: string };
}

const defaults = { mappingKey: "config/policy-mappings.json", policiesPrefix: "policies/" };

/** Environment variables of the function `run-policy` that `start-task` does not have. */
export function selectionEnvironment(
  selection: PolicySelection,
  service: string,
  route: LaunchRoute,
): Record<string, string> {
  const { subnets, securityGroups } = networkOf(route);
  return {
    POLICY_BUCKET: selection.bucketName,
    POLICY_MAPPING_KEY: selection.mappingKey ?? defaults.mappingKey,
    ...(selection.defaultPolicyKey !== undefined && { DEFAULT_POLICY_KEY: selection.defaultPolicyKey }),
    ...(selection.useDefaultPolicy && { USE_DEFAULT_POLICY: "true" }),
    ENABLE_ENRICHMENT: String(selection.enableEnrichment ?? true),
    ECS_CLUSTER: route.clusterArn,
    ECS_TASK_DEFINITION: route.family,
    ECS_SUBNETS: joined(subnets),
    ECS_SECURITY_GROUP: joined(securityGroups),
    ECS_LAUNCH_SETTINGS: launchSettings(route),
    SERVICE: service,
    ...(selection.runQueue && { RUN_QUEUE_URL: selection.runQueue.url }),
    ...memberAccounts(selection.memberAccountIds),
    WORKER_ROLES: isToken(selection.workerRoleArns)
      ? joined(expression`distinct(concat([${route.taskRoleArn}], ${selection.workerRoleArns}))`)
      : joined(distinct([route.taskRoleArn, ...(selection.workerRoleArns ?? [])])),
  };
}

/** Permissions to read the mapping file and the policies, and to see that a key does not exist. */
export function selectionPermissions(selection: PolicySelection): PolicyStatement[] {
  const { bucketArn, kmsKeyArn, runQueue } = selection;
  const { mappingKey, policiesPrefix } = { ...defaults, ...selection };
  return [
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: [`${bucketArn}/${mappingKey}`, `${bucketArn}/${policiesPrefix}*`],
    },
    // Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
    { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
    ...(kmsKeyArn === undefined
      ? []
      : [{ Effect: "Allow" as const, Action: "kms:Decrypt", Resource: kmsKeyArn }]),
    ...(runQueue === undefined
      ? []
      : [{ Effect: "Allow" as const, Action: "sqs:SendMessage", Resource: runQueue.arn }]),
  ];
}

/** What a worker needs beside the permissions of a task: to take runs, to claim them, and to report their ends. */
export function takeRunsPermissions(of: {
  readonly runQueueArn: string;
  readonly reportQueueArn: string;
  readonly payloadBucketArn: string;
  readonly kmsKeyArn: string | undefined;
}): PolicyStatement[] {
  return [
    {
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      Resource: of.runQueueArn,
    },
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: of.reportQueueArn },
    {
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:GetObject"],
      Resource: `${of.payloadBucketArn}/claims/*`,
    },
    ...(of.kmsKeyArn === undefined
      ? []
      : [
          {
            Effect: "Allow" as const,
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: of.kmsKeyArn,
          },
        ]),
  ];
}

/** @throws ValidationError when the selection, or what is given beside it, cannot be. */
export function checkSelection(
  scope: Construct,
  selection: PolicySelection | undefined,
  beside: { readonly services: readonly string[]; readonly waitTimeoutSeconds: number | undefined },
): void {
  if (selection === undefined) return;
  const { services, waitTimeoutSeconds } = beside;
  check(
    scope,
    services.length === 1,
    `policySelection is given and routes has ${services.length} services: ${services.map((service) => `"${service}"`).join(", ")}; the function run-policy launches the tasks of one, so give exactly one.`,
  );
  check(
    scope,
    waitTimeoutSeconds === undefined,
    `waitTimeoutSeconds is ${waitTimeoutSeconds} and policySelection is given; the function run-policy does not wait for its tasks.`,
  );
  checkMatches(
    scope,
    "policySelection.policiesPrefix",
    selection.policiesPrefix,
    /^[^/*?]+(\/[^/*?]+)*\/$/,
    'it takes a folder with / at its end and without * and ?, for instance "policies/".',
  );
  checkMatches(
    scope,
    "policySelection.mappingKey",
    selection.mappingKey,
    /^[^/*?]+(\/[^/*?]+)*$/,
    'it takes the key of an object, without * and ?, for instance "config/policy-mappings.json".',
  );
  check(
    scope,
    !selection.useDefaultPolicy || selection.defaultPolicyKey !== undefined,
    "policySelection.useDefaultPolicy is true and defaultPolicyKey is absent; give the key of the policy.",
  );
}

function memberAccounts(ids: readonly string[] = []): Record<string, string> {
  return isToken(ids) || ids.length > 0 ? { MEMBER_ACCOUNTS: joined(ids) } : {};
}

const joined = (list: unknown): string =>
  Array.isArray(list) && !isToken(list) ? list.join(",") : Fn.join(",", list as string[]);
