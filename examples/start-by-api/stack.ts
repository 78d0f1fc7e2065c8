import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { Cluster } from "../../src/cluster";
import { Launcher } from "../../src/launcher";
import { Network } from "../../src/network";
import { RestApi } from "../../src/rest-api";
import { Task } from "../../src/task";

const app = new App();
const stack = new TerraformStack(app, "start-by-api");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const network = new Network(stack, "network", {
  name: "start-by-api",
  cidrBlock: "10.0.0.0/16",
  availabilityZones: ["us-east-1a", "us-east-1b"],
});
const cluster = new Cluster(stack, "cluster", { name: "start-by-api" });

const auth = new Task(stack, "auth", {
  name: "start-by-api-auth",
  clusterArn: cluster.clusterArn,
  vpcId: network.vpcId,
  subnetIds: network.privateSubnetIds,
  image: "public.ecr.aws/docker/library/python:3.13-slim",
  command: ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"],
  port: 8080,
});

const launcher = new Launcher(stack, "launcher", {
  name: "start-by-api",
  routes: { auth },
  // API Gateway has a timeout of 29 seconds. A task that takes longer still starts, and the response says so.
  waitTimeoutSeconds: 25,
});

const api = new RestApi(stack, "api", { name: "start-by-api", routes: { "POST /start": launcher } });
new TerraformOutput(stack, "invoke_url", { value: api.invokeUrl });
new TerraformOutput(stack, "rest_api_id", { value: api.restApiId });

app.synth();
