import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyRoot, projectRoot } from "../../../testing/terraform";

/** Matches a bucket only if Cloud Custodian was allowed to read all its settings, as it does without `augment-keys`. */
const readSettings = `policies:
  - name: s3-read-settings
    resource: aws.s3
    filters:
      - '"c7n:DeniedMethods"': absent
`;

/** The task role has no permission for it. */
const listFunctions = `policies:
  - name: function-list
    resource: aws.lambda
`;

const listUsers = `policies:
  - name: iam-user-list
    resource: aws.iam-user
`;

/** Security Hub control that selects a policy, and the policy's key. */
export const controls = {
  bucket: "policies/s3-createbucket.yml",
  settings: "policies/s3-read-settings.yml",
  instance: "policies/ec2-public-instance.yml",
  user: "policies/iam-user-compromised.yml",
  group: "policies/security-group-open.yml",
  database: "policies/rds-public-instance.yml",
  denied: "policies/function-list.yml",
  member: "policies/iam-user-list.yml",
} as const;

/** Policies in the policy bucket, by control. */
export type MorePolicies = Readonly<Record<string, { readonly key: string; readonly version_id?: string }>>;

/** The mapping file, with further mappings of a control. */
export const mappingFile = (more: MorePolicies = {}) => {
  const given = Object.entries(controls).map(([id, key]) => [id, { key }] as const);
  const mappings = [...given, ...Object.entries(more)].map(([id, policy]) => ({
    id,
    match: { control_id: [id] },
    policy,
    // A scenario is played several times on one resource.
    cooldown_seconds: 0,
  }));
  return JSON.stringify({ version: "2.0", mappings });
};

/** Writes the policies of the example and of the scenarios, and their mapping file. */
export function writePolicies(): { policiesFolder: string; mappingsFile: string } {
  const folder = emptyRoot("mutation-policies");
  const policiesFolder = join(folder, "policies");
  mkdirSync(policiesFolder);
  cpSync(join(projectRoot, "examples/policy-runner/policies"), policiesFolder, { recursive: true });
  writeFileSync(join(policiesFolder, "s3-read-settings.yml"), readSettings);
  writeFileSync(join(policiesFolder, "function-list.yml"), listFunctions);
  writeFileSync(join(policiesFolder, "iam-user-list.yml"), listUsers);
  const mappingsFile = join(folder, "policy-mappings.json");
  writeFileSync(mappingsFile, mappingFile());
  return { policiesFolder, mappingsFile };
}
