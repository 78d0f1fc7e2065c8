import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { Cluster } from "../../src/cluster";
import { Launcher } from "../../src/launcher";
import { LoadBalancer } from "../../src/load-balancer";
import { Network } from "../../src/network";
import { Registrar } from "../../src/registrar";
import { Task } from "../../src/task";
import { Workflow } from "../../src/workflow";

const app = new App();
const stack = new TerraformStack(app, "start-by-workflow");
new AwsProvider(stack, "aws", { region: "us-east-1" });
const name = "start-by-workflow";

const network = new Network(stack, "network", {
  name,
  cidrBlock: "10.0.0.0/16",
  availabilityZones: ["us-east-1a", "us-east-1b"],
});
const cluster = new Cluster(stack, "cluster", { name });

const pdf = new Task(stack, "pdf", {
  name: `${name}-pdf`,
  clusterArn: cluster.clusterArn,
  vpcId: network.vpcId,
  subnetIds: network.privateSubnetIds,
  image: "public.ecr.aws/docker/library/python:3.13-slim",
  command: ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"],
  port: 9080,
});

const loadBalancer = new LoadBalancer(stack, "load-balancer", {
  name,
  vpcId: network.vpcId,
  subnetIds: network.privateSubnetIds,
  // Internal and plain HTTP, so that the example needs no certificate.
  internal: true,
  protocol: "HTTP",
  ingress: { network: "10.0.0.0/16" },
});
const routes = { pdf: { ...pdf.route, ...loadBalancer.route("/api/pdf/*", pdf, { name: "pdf" }) } };

const launcher = new Launcher(stack, "launcher", { name, routes, waitTimeoutSeconds: 300 });
new Registrar(stack, "registrar", { name, routes });

const workflow = new Workflow(stack, "workflow", {
  name,
  functionArn: launcher.functionArn,
  events: { order: { source: ["custom.shop"], detailType: ["Order Placed"], service: "pdf" } },
});
new TerraformOutput(stack, "state_machine_arn", { value: workflow.stateMachineArn });

app.synth();
