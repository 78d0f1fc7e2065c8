import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { LocalAws } from "../local";
import type { Layout } from "../scripts/demo/event-driven-ecs/layout";
import { EventDrivenEcs, type EventDrivenEcsProps } from "../src/event-driven-ecs";
import { applyRoot, maxRetries, region, writeModuleRoot } from "./module-root";
import { snakeCase } from "./snake-case";
import { emptyRoot } from "./terraform";

export const image = "example/worker:1";
export const fragileImage = "example/fragile:1";

const quick = {
  healthCheck: { path: "/health", intervalSeconds: 5, timeoutSeconds: 2 },
  deregistrationDelaySeconds: 2,
};

export const props: EventDrivenEcsProps = {
  name: "engines",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: {
    auth: { image, port: 8080, environment: { JOB: "report" } },
    report: { image, environment: { JOB: "report" } },
    retrying: {
      image,
      environment: { JOB: "report" },
      onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 1 },
    },
    missing: { image: "example/not-there:1" },
    users: { image, port: 8080, environment: { JOB: "engine" }, path: "/api/users/*", ...quick },
    fa: { image: fragileImage, port: 9090, path: "/api/fa/*", ...quick },
  },
  loadBalancer: { protocol: "HTTP", ingress: { office: "10.0.0.0/8" }, deletionProtection: false },
  events: {
    start: { source: ["custom.app"], detailType: ["Start ECS Task"] },
    order: { source: ["custom.shop"], detailType: ["Order Placed"], service: "report" },
  },
  stopEvents: { stop: { source: ["custom.app"] } },
  schedules: {
    evening: {
      expression: "cron(0 19 * * ? *)",
      timeZone: "Europe/Berlin",
      start: ["report"],
      stop: ["users"],
    },
  },
};

const outputs = [
  "cluster_name",
  "function_name",
  "function_arn",
  "registrar_function_name",
  "dead_letter_queue_url",
  "payload_bucket_name",
  "load_balancer_dns_name",
  "routes",
] as const;

/** The outputs of the applied layout that tests read. */
export type AppliedLayout = Layout & {
  readonly registrar_function_name: string;
  readonly payload_bucket_name: string;
};

/** The unified layout from its module. */
export const hclRoot = (given: EventDrivenEcsProps = props, folder = "layout-hcl"): string =>
  writeModuleRoot({ folder, module: "event-driven-ecs", name: "engines", inputs: given, outputs });

/** The unified layout from its construct. */
export function constructRoot(): string {
  const outdir = emptyRoot("layout-construct");
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "engines");
  new LocalBackend(stack, { path: join(outdir, "terraform.tfstate") });
  new AwsProvider(stack, "aws", { region, maxRetries });
  const engines = new EventDrivenEcs(stack, "layout", props);
  const values = {
    cluster_name: engines.clusterName,
    function_name: engines.functionName,
    function_arn: engines.functionArn,
    registrar_function_name: engines.registrarFunctionName,
    dead_letter_queue_url: engines.deadLetterQueueUrl,
    payload_bucket_name: engines.payloadBucketName,
    load_balancer_dns_name: engines.loadBalancerDnsName,
    routes: snakeCase(engines.routes),
  };
  for (const name of outputs) new TerraformOutput(stack, name, { value: values[name] });
  app.synth();
  return join(outdir, "stacks", "engines");
}

/** Applies a root and returns its outputs, with only those routes that have a target group. */
export async function apply(folder: string, localAws: LocalAws): Promise<AppliedLayout> {
  const layout = await applyRoot<AppliedLayout>(folder, localAws);
  const routes = Object.entries(layout.routes).filter(([, route]) => route.target_group_arn);
  return { ...layout, routes: Object.fromEntries(routes) };
}
