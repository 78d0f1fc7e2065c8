import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { EngineStarter } from "../../src/systems/engine-starter";

const app = new App();
const stack = new TerraformStack(app, "engine-starter");
new AwsProvider(stack, "aws", { region: "us-east-1" });

// Placeholder for the image of an engine: a web server on the port in PORT.
const engine = {
  image: "public.ecr.aws/docker/library/python:3.13-slim",
  command: ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"],
};

const engines = new EngineStarter(stack, "engines", {
  name: "engines",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: { auth: engine, pdf: engine, fa: engine, users: engine, batch: engine },
  // Internal and plain HTTP, so that the example needs no certificate.
  loadBalancer: { internal: true, protocol: "HTTP", ingress: { network: "10.0.0.0/16" } },
});
new TerraformOutput(stack, "load_balancer_dns_name", { value: engines.loadBalancerDnsName });
new TerraformOutput(stack, "function_name", { value: engines.functionName });

app.synth();
