import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { BottleSync } from "../../src/systems/bottle-sync";

const app = new App();
const stack = new TerraformStack(app, "bottle-sync");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const sync = new BottleSync(stack, "bottle-sync", {
  name: "homebrew-bottles-sync",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  // Placeholder for the image that `docker build` makes of this project's worker.
  image: "ghcr.io/acme/worker:1.0.0",
  createRepository: true,
  platforms: ["arm64_tahoe", "arm64_sequoia", "x86_64_linux"],
  // Placeholder for the endpoint of the VPC whose clients install from the mirror.
  mirrorBucket: { readerVpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"] },
});
new TerraformOutput(stack, "client_environment", { value: sync.clientEnvironment });
new TerraformOutput(stack, "plan_function_name", { value: sync.planFunctionName });
new TerraformOutput(stack, "webhook_secret_name", { value: sync.webhookSecretName });
new TerraformOutput(stack, "repository_url", { value: sync.repositoryUrl });

app.synth();
