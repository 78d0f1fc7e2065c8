import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Demo } from "../demo";
import { LayoutAws } from "./aws";
import { image, type Layout, variables } from "./layout";
import { play } from "./play";
import { json, summary } from "./report";
import { verifyOutcome } from "./verdict";

/** The main job: events start services behind a load balancer, and stop them. */
export const eventDrivenEcs: Demo<Layout> = {
  name: "event-driven-ecs",
  example: "event-driven-ecs",
  stack: "event-driven-ecs",
  region: "eu-west-1",
  images: (worker) => ({ [image]: worker }),
  writeSettings(folder) {
    writeFileSync(join(folder, "terraform.tfvars"), variables(this.region));
  },
  async play({ outputs, localAws, steps }) {
    const happened = await play(new LayoutAws(outputs, localAws.environment), steps);
    return { summary: summary(happened), json: json(happened), wrong: verifyOutcome(happened) };
  },
  lookAround: (layout, endpoint) => [
    `aws ecs list-tasks --cluster ${layout.cluster_name} --desired-status STOPPED`,
    `curl -H 'Host: ${layout.load_balancer_dns_name}' ${endpoint}/api/auth/hello`,
    "npx cdktf-event-driven-ecs status",
    "npx cdktf-event-driven-ecs runs --failed",
    `aws logs filter-log-events --log-group-name /aws/lambda/${layout.function_name}`,
    `aws sqs receive-message --queue-url ${layout.dead_letter_queue_url}`,
    `aws events put-events --entries '[{"Source":"custom.app","DetailType":"Start ECS Task","Detail":"{\\"service\\":\\"auth\\"}"}]'`,
  ],
};
