import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { Queue } from "../../src/queue";

const app = new App();
const stack = new TerraformStack(app, "one-construct");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const jobs = new Queue(stack, "jobs", { name: "jobs", visibilityTimeoutSeconds: 120 });
new TerraformOutput(stack, "queue_url", { value: jobs.queueUrl });

app.synth();
