import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { EventDrivenEcs } from "../../src/event-driven-ecs";

const app = new App();
const stack = new TerraformStack(app, "event-driven-ecs");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const layout = new EventDrivenEcs(stack, "event-driven-ecs", {
  name: "event-driven-ecs",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: {
    hello: {
      image: "public.ecr.aws/docker/library/busybox:1.37",
      command: ["sh", "-c", 'echo "Started by $EVENT_PAYLOAD"'],
    },
  },
  events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
});
new TerraformOutput(stack, "function_name", { value: layout.functionName });
new TerraformOutput(stack, "dead_letter_queue_url", { value: layout.deadLetterQueueUrl });

app.synth();
