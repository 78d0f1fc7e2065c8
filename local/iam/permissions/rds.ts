import type { Call } from "../../routing";
import { askJson } from "../../upstream";
import type { Context, Permission } from "../authorization";
import { arn } from "./call";
import type { Lookups } from "./permission-resolver";

/** Type of a resource in its ARN, by the parameter that names it. */
const RESOURCES: Record<string, string> = {
  TargetDBInstanceIdentifier: "db",
  TargetDBSnapshotIdentifier: "snapshot",
  TargetDBParameterGroupIdentifier: "pg",
  DBInstanceIdentifier: "db",
  SourceDBInstanceIdentifier: "db",
  DBSnapshotIdentifier: "snapshot",
  SourceDBSnapshotIdentifier: "snapshot",
  DBParameterGroupName: "pg",
  SourceDBParameterGroupIdentifier: "pg",
  OptionGroupName: "og",
  DBSubnetGroupName: "subgrp",
  ResourceName: "",
};

/** Resources of calls that name none: all of a type. */
const ALL: Record<string, string> = {
  DescribeDBInstances: "db",
  DescribeDBParameterGroups: "pg",
  DescribeDBSnapshots: "snapshot",
  DescribeDBSubnetGroups: "subgrp",
};

/**
 * Of calls on instances, snapshots and groups. The default groups of a new instance are not checked.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
 */
export async function rdsPermissions(call: Call, lookups: Lookups): Promise<Permission[] | undefined> {
  const form = new URLSearchParams(call.request.body.toString());
  const action = `rds:${call.action}`;
  const named = Object.entries(RESOURCES).flatMap(([parameter, type]) => {
    const name = form.get(parameter);
    if (!name) return [];
    return [name.startsWith("arn:") ? name : arn(call, "rds", `${type}:${name.toLowerCase()}`)];
  });
  const all = ALL[call.action];
  const resources = named.length > 0 ? named : all ? [arn(call, "rds", `${all}:*`)] : [];
  if (resources.length === 0) return undefined;
  const tags = tagsIn(form);
  const isNew = /^(Create|Restore|Copy)/.test(call.action);
  // The identifier of a new resource comes first in RESOURCES, before that of its source.
  const [created] = call.action === "CreateDBSnapshot" ? named.slice(1) : named;
  return [
    ...resources.map((resource) => ({ action, resource, ...(isNew && tags ? { context: tags } : {}) })),
    ...(isNew && tags && created
      ? [{ action: "rds:AddTagsToResource", resource: created, context: tags }]
      : []),
    ...(await dependentPermissions(call, form, lookups)),
  ];
}

async function dependentPermissions(
  call: Call,
  form: URLSearchParams,
  { upstream }: Lookups,
): Promise<Permission[]> {
  const secret = arn(call, "secretsmanager", "secret:rds!db-*");
  const manages = form.get("ManageMasterUserPassword") === "true";
  const monitoring = form.get("MonitoringRoleArn");
  const keys = ["KmsKeyId", "MasterUserSecretKmsKeyId"].flatMap((name) => form.get(name) ?? []);
  const keyArns = keys.map(async (KeyId) => {
    const found = await askJson<{ KeyMetadata: { Arn: string } }>(upstream, call, "kms", "DescribeKey", {
      KeyId,
    }).catch(() => undefined);
    return found?.KeyMetadata.Arn ?? KeyId;
  });
  return [
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    ...(manages
      ? ["CreateSecret", "TagResource"].map((name) => ({
          action: `secretsmanager:${name}`,
          resource: secret,
        }))
      : []),
    ...(form.get("RotateMasterUserPassword") === "true"
      ? [{ action: "secretsmanager:RotateSecret", resource: secret }]
      : []),
    ...(await Promise.all(keyArns)).flatMap((resource) =>
      ["kms:CreateGrant", "kms:DescribeKey"].map((action) => ({ action, resource })),
    ),
    ...(monitoring
      ? [
          {
            action: "iam:PassRole",
            resource: monitoring,
            context: { "iam:PassedToService": "monitoring.rds.amazonaws.com" },
          },
        ]
      : []),
  ];
}

function tagsIn(form: URLSearchParams): Context | undefined {
  const keys = [...form].filter(([name]) => /^Tags\.(Tag|member)\.\d+\.Key$/.test(name));
  if (keys.length === 0) return undefined;
  return {
    "aws:TagKeys": keys.map(([, key]) => key),
    ...Object.fromEntries(
      keys.map(([name, key]) => [`aws:RequestTag/${key}`, form.get(name.replace(/Key$/, "Value")) ?? ""]),
    ),
  };
}
