import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../apply";
import type { Form } from "../demo";

/** Image of the tasks; local AWS runs the project's worker for it, with Cloud Custodian. */
export const image = "ghcr.io/acme/custodian-worker:1.0.0";

/** What the demo needs of the module's outputs. */
export interface Outputs {
  readonly cluster_name: string;
  readonly function_name: string;
  readonly function_arn: string;
  readonly dead_letter_queue_url: string;
  readonly log_group_name: string;
  readonly task_role_arn: string;
}

const outputNames: readonly (keyof Outputs)[] = [
  "cluster_name",
  "function_arn",
  "dead_letter_queue_url",
  "log_group_name",
  "task_role_arn",
];

/** What the demo sets in both forms: calls that a run makes itself are a source, and a failed run is not retried. */
const inputs = `
  sources = {
    hub     = { preset = "security_hub", minimum_severity = "HIGH" }
    buckets = { preset = "cloudtrail", source = ["aws.s3"], event_names = ["CreateBucket", "PutBucketPublicAccessBlock"] }
  }
  permissions = ["s3"]
  on_failure  = { action = "dead_letter" }
`;

const variables = (region: string): string => `region = "${region}"

policy_runner = {
  name            = "custodian"
  image           = "${image}"
  policies_folder = "policies"
  mappings_file   = "policy-mappings.json"

  create_output_bucket = true
${inputs}}
`;

/** Terraform merges it into the module's block of the example. */
const override = `module "custodian" {${inputs}}\n`;

const outputs = outputNames
  .map((name) => `output "${name}" {\n  value = module.custodian.${name}\n}\n`)
  .join("\n");

/** A policy that needs permissions which the task role does not have. */
const functionPolicy = `policies:
  - name: function-tag
    resource: aws.lambda
    actions:
      - type: tag
        tags: { security-finding: open }
`;

/** Writes the settings of the policy runner, with the policies and mappings of the example and one more of each. */
export function writeSettings(folder: string, form: Form, region: string): void {
  const example = join(projectRoot, "examples/policy-runner");
  cpSync(join(example, "policies"), join(folder, "policies"), { recursive: true });
  writeFileSync(join(folder, "policies/function-tag.yml"), functionPolicy);
  const { mappings, ...file } = JSON.parse(readFileSync(join(example, "policy-mappings.json"), "utf8"));
  const all = [
    ...mappings,
    // Without the protection against loops, a remediation would start the next one.
    {
      id: "s3-changed-bucket",
      match: { source: ["aws.s3"], event_name: ["PutBucketPublicAccessBlock"] },
      policy: { key: "policies/s3-createbucket.yml" },
    },
    {
      id: "function-finding",
      match: { resource_type: ["AWS::Lambda::Function"] },
      policy: { key: "policies/function-tag.yml" },
    },
  ];
  writeFileSync(join(folder, "policy-mappings.json"), JSON.stringify({ ...file, mappings: all }, null, 2));
  if (form === "cdktf") writeFileSync(join(folder, "terraform.tfvars"), variables(region));
  else {
    writeFileSync(join(folder, "demo_override.tf"), override);
    writeFileSync(join(folder, "demo_outputs.tf"), outputs);
  }
}
