import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { PolicyRunner } from "../../src/systems/policy-runner";

const app = new App();
const stack = new TerraformStack(app, "policy-runner");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const custodian = new PolicyRunner(stack, "custodian", {
  name: "custodian",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  // Placeholder for the image that `docker build` makes of this project's worker with Cloud Custodian.
  image: "ghcr.io/acme/custodian-worker:1.0.0",
  createRepository: true,
  sources: {
    hub: { preset: "security_hub", minimumSeverity: "HIGH" },
    guardduty: { preset: "guardduty", minimumSeverity: "HIGH" },
    buckets: { preset: "cloudtrail", source: ["aws.s3"], eventNames: ["CreateBucket"] },
  },
  policiesFolder: join(__dirname, "policies"),
  mappingsFile: join(__dirname, "policy-mappings.json"),
  permissions: ["ec2", "iam-user", "rds", "s3", "security-group"],
  createOutputBucket: true,
  outputExpirationDays: 90,
});
new TerraformOutput(stack, "function_name", { value: custodian.functionName });
new TerraformOutput(stack, "policy_bucket_name", { value: custodian.policyBucketName });
new TerraformOutput(stack, "repository_url", { value: custodian.repositoryUrl });

app.synth();
