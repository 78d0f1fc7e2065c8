import type { Construct } from "constructs";
import { sortedEntries } from "../../core/maps";
import { policy } from "../../core/policy";
import { check, checkLiteral, checkOneOf, isKnown, isToken } from "../../core/validation";
import type { PolicyRunnerProps } from "./props";

/**
 * The actions that Cloud Custodian names as the permissions of the example policies: `reads` of all resources of a service,
 * `changes` of those that a policy is confined to.
 */
const permissions = {
  ec2: {
    reads: ["ec2:DescribeInstances", "ec2:DescribeTags"],
    changes: ["ec2:CreateTags", "ec2:ModifyInstanceMetadataOptions", "ec2:StopInstances"],
    of: "ec2:*:*:instance/*",
  },
  "iam-user": {
    reads: ["iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListUsers"],
    changes: ["iam:DeleteLoginProfile", "iam:UpdateAccessKey"],
    of: "iam::*:user/*",
  },
  rds: {
    reads: ["rds:DescribeDBInstances"],
    changes: ["rds:ModifyDBInstance"],
    of: "rds:*:*:db:*",
  },
  s3: {
    reads: [
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "s3:GetBucketLogging",
      "s3:GetBucketNotification",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListAllMyBuckets",
    ],
    changes: ["s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration"],
    of: "s3:::*",
  },
  "security-group": {
    reads: ["ec2:DescribeSecurityGroups"],
    changes: ["ec2:RevokeSecurityGroupIngress"],
    of: "ec2:*:*:security-group/*",
  },
} as const;

/** Name of permissions that the example policies of a service need. */
export type Permission = keyof typeof permissions;

interface Needed {
  readonly partition: string;
  readonly policyBucketArn: string;
  readonly policiesPrefix: string;
  readonly memberRoleArns: readonly string[];
}

/** Inline policies of the task role beside those that the blocks need. */
export function taskPolicies(props: PolicyRunnerProps, needed: Needed): Record<string, string> {
  const { partition, policyBucketArn, policiesPrefix, memberRoleArns } = needed;
  const named = (props.permissions ?? []).map((name) => {
    const { reads, changes, of } = permissions[name];
    const document = policy(
      { Effect: "Allow", Action: reads, Resource: "*" },
      { Effect: "Allow", Action: changes, Resource: `arn:${partition}:${of}` },
    );
    return [`runner-${name}`, document] as const;
  });
  return {
    ...props.policies,
    ...Object.fromEntries(named),
    // The bucket has versions, and a run is given one. The launcher's policy for payloads allows the KMS key.
    "runner-read-policies": policy({
      Effect: "Allow",
      Action: "s3:GetObjectVersion",
      Resource: `${policyBucketArn}/${policiesPrefix}*`,
    }),
    ...(memberRoleArns.length > 0 && {
      "runner-assume-member-roles": policy({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: memberRoleArns,
      }),
    }),
  };
}

/** @throws ValidationError when a permission is unknown, or a policy allows all actions or has a name of the system. */
export function checkPermissions(scope: Construct, props: PolicyRunnerProps): void {
  checkLiteral(scope, "permissions", props.permissions, "decides which permissions exist");
  for (const name of props.permissions ?? [])
    checkOneOf(scope, "permissions", name, Object.keys(permissions));
  for (const [name, document] of sortedEntries(props.policies)) {
    check(
      scope,
      !name.startsWith("runner-"),
      `policies names "${name}"; names that begin with "runner-" are those of the system's own policies.`,
    );
    check(
      scope,
      isToken(document) || !allowsAll(document),
      `policies has "${name}", which allows all actions, or all but some; name the actions that the Cloud Custodian policies need, such as "s3:PutBucketPublicAccessBlock".`,
    );
  }
}

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

/** Whether the text of a policy document allows more than actions that it names. Other texts are left to {@link Task}. */
function allowsAll(document: string): boolean {
  return statementsOf(document).some(
    ({ Effect, Action, NotAction }) =>
      Effect === "Allow" &&
      (NotAction !== undefined ||
        [Action].flat().some((action) => typeof action === "string" && /^[*?]+(:[*?]+)?$/.test(action))),
  );
}

function statementsOf(document: string): Statement[] {
  try {
    const { Statement } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    return [Statement ?? []].flat().filter((statement) => isKnown(statement) && statement !== null);
  } catch {
    return [];
  }
}
