import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { EventDrivenEcs } from "../../src/event-driven-ecs";

const app = new App();
const stack = new TerraformStack(app, "start-by-schedule");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const timeZone = "America/New_York";
const engines = new EventDrivenEcs(stack, "engines", {
  name: "start-by-schedule",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: {
    report: {
      image: "public.ecr.aws/docker/library/busybox:1.37",
      command: ["sh", "-c", "trap exit TERM; while :; do sleep 1; done"],
    },
  },
  schedules: {
    morning: { expression: "cron(0 7 ? * MON-FRI *)", timeZone, start: ["report"] },
    evening: { expression: "cron(0 19 ? * MON-FRI *)", timeZone, stop: ["report"] },
  },
});
new TerraformOutput(stack, "cluster_name", { value: engines.clusterName });

app.synth();
