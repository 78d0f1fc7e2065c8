import { copyFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { LocalAws } from "../../local";
import { Cluster } from "../../src/cluster";
import type { Twin } from "../../src/core/twin";
import { FileSystem } from "../../src/file-system";
import { Launcher } from "../../src/launcher";
import { Network } from "../../src/network";
import { RestApi } from "../../src/rest-api";
import { Task } from "../../src/task";
import { Workflow } from "../../src/workflow";
import { startTestAws } from "../../testing/local-aws";
import { emptyRoot, plan, projectRoot, terraform } from "../../testing/terraform";

/** A task on a shared file system, launched by a request to an API, by an execution of a workflow, and by an event. */
const image = "example/pdf:1";
const region = "us-east-1";
const start = { source: ["custom.app"], detail_type: ["Start ECS Task"] };
const calls = {
  network: { name: "ways", availability_zones: ["us-east-1a", "us-east-1b"], nat: "none" },
  cluster: { name: "ways" },
  file_system: {
    name: "ways",
    vpc_id: "${module.network.vpc_id}",
    subnet_ids: "${module.network.private_subnets}",
    access_points: { work: {} },
    clients: {
      "ways-pdf": {
        task_role_arn: "${module.task.task_role_arn}",
        security_group_id: "${module.task.security_group_id}",
        access_points: ["work"],
      },
    },
  },
  task: {
    name: "ways-pdf",
    cluster_arn: "${module.cluster.cluster_arn}",
    vpc_id: "${module.network.vpc_id}",
    subnet_ids: "${module.network.private_subnet_ids}",
    image,
    mounts: { work: '${merge(module.file_system.mounts["work"], { container_path = "/work" })}' },
  },
  launcher: { name: "ways", routes: { pdf: "${module.task.route}" }, wait_timeout_seconds: 60 },
  workflow: { name: "ways", function_arn: "${module.launcher.function_arn}", events: { start } },
  rest_api: {
    name: "ways",
    routes: {
      "POST /start": {
        function_arn: "${module.launcher.function_arn}",
        function_name: "${module.launcher.function_name}",
      },
    },
    create_account_log_role: true,
  },
};

function writeModules(folder: string): void {
  const module = Object.entries(calls).map(([name, inputs]) => {
    const source = relative(folder, join(projectRoot, "modules", name.replace("_", "-")));
    return [name, { source, ...inputs }];
  });
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region, max_retries: 4 } },
    module: Object.fromEntries(module),
    output: {
      rest_api_id: { value: "${module.rest_api.rest_api_id}" },
      state_machine_arn: { value: "${module.workflow.state_machine_arn}" },
    },
  };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root));
}

/** Synthesizes the same from constructs, which adopt the resources of the modules. */
function synthesizeConstructs(outdir: string): { folder: string; statePath: string } {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "ways");
  const statePath = join(outdir, "terraform.tfstate");
  new LocalBackend(stack, { path: statePath });
  new AwsProvider(stack, "aws", { region, maxRetries: 4 });
  const network = new Network(stack, "network", {
    name: "ways",
    availabilityZones: ["us-east-1a", "us-east-1b"],
    nat: "none",
  });
  const cluster = new Cluster(stack, "cluster", { name: "ways" });
  const { vpcId } = network;
  const files = new FileSystem(stack, "file-system", {
    name: "ways",
    vpcId,
    subnetIds: network.privateSubnets,
    accessPoints: { work: {} },
  });
  const task = new Task(stack, "task", {
    name: "ways-pdf",
    clusterArn: cluster.clusterArn,
    vpcId,
    subnetIds: network.privateSubnetIds,
    image,
    mounts: { work: files.mount("work", "/work") },
  });
  files.grantMount(task, ["work"]);
  const launcher = new Launcher(stack, "launcher", {
    name: "ways",
    routes: { pdf: task },
    waitTimeoutSeconds: 60,
  });
  const workflow = new Workflow(stack, "workflow", { name: "ways", functionArn: launcher.functionArn });
  workflow.onEvent("start", { source: start.source, detailType: start.detail_type });
  const api = new RestApi(stack, "rest-api", {
    name: "ways",
    routes: { "POST /start": launcher },
    createAccountLogRole: true,
  });
  const twins: Record<string, Twin> = {
    network,
    cluster,
    file_system: files,
    task,
    launcher,
    workflow,
    rest_api: api,
  };
  for (const [name, twin] of Object.entries(twins)) twin.adoptFrom(`module.${name}`);
  app.synth();
  return { folder: join(outdir, "stacks", "ways"), statePath };
}

let localAws: LocalAws;
let sfn: SFNClient;
let events: EventBridgeClient;
let folder: string;
let restApiId: string;
let stateMachineArn: string;

beforeAll(async () => {
  localAws = await startTestAws({ images: { [image]: "sleep 60" } });
  folder = emptyRoot("ways-to-launch");
  writeModules(folder);
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["apply", "-auto-approve", "-input=false", "-no-color"], localAws.environment);
  const outputs = JSON.parse(await terraform(folder, ["output", "-json"], localAws.environment)) as Record<
    string,
    { value: string }
  >;
  restApiId = outputs.rest_api_id!.value;
  stateMachineArn = outputs.state_machine_arn!.value;
  const config = {
    endpoint: localAws.endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  sfn = new SFNClient(config);
  events = new EventBridgeClient(config);
}, 400_000);

afterAll(() => localAws?.stop());

const signature = `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/execute-api/aws4_request, SignedHeaders=host, Signature=local`;

const post = (body: object, headers: Record<string, string> = { authorization: signature }) =>
  fetch(`${localAws.endpoint}/restapis/${restApiId}/v1/_user_request_/start`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

async function ended(executionArn: string) {
  for (let tries = 0; tries < 120; tries++) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== "RUNNING") return execution;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${executionArn} does not end`);
}

const execute = async (input: object) => {
  const asked = { stateMachineArn, input: JSON.stringify(input) };
  return ended((await sfn.send(new StartExecutionCommand(asked))).executionArn!);
};

test("plans no changes after apply", async () => {
  const changes = await plan(folder, localAws.environment);
  const touched = changes.filter(({ change }) => change.actions.join() !== "no-op");
  expect(touched.map(({ address, change }) => `${address}: ${change.actions}`)).toEqual([]);
}, 60_000);

test("launches the task with the file system by a signed request, and returns its address", async () => {
  const response = await post({ service: "pdf" });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    taskArn: expect.stringContaining(":task/ways/"),
    privateIp: expect.stringMatching(/^10\./),
  });
}, 60_000);

test("launches nothing for an unsigned request or an unknown service", async () => {
  expect((await post({ service: "pdf" }, {})).status).toBe(403);
  expect((await post({ service: "fdp" })).status).toBe(404);
}, 60_000);

test("launches the task by an execution, which reports it", async () => {
  expect(await execute({ detail: { service: "pdf" } })).toMatchObject({ status: "SUCCEEDED" });
}, 90_000);

test("fails an execution with the reason when nothing is launched", async () => {
  expect(await execute({ detail: { service: "fdp" } })).toMatchObject({
    status: "FAILED",
    error: "UnknownService",
  });
}, 90_000);

test("starts an execution by an event", async () => {
  const Detail = JSON.stringify({ service: "pdf" });
  const given = new Set(await executions());
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: "custom.app", DetailType: "Start ECS Task", Detail }] }),
  );
  let started: string | undefined;
  for (let tries = 0; tries < 60 && !started; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    started = (await executions()).find((arn) => !given.has(arn));
  }
  expect(await ended(started!)).toMatchObject({ status: "SUCCEEDED" });
}, 90_000);

const executions = async (): Promise<string[]> => {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.map(({ executionArn }) => executionArn!);
};

test("adopts the resources of the modules, and changes only the paths of bundles", async () => {
  const { folder: constructs, statePath } = synthesizeConstructs(emptyRoot("ways-to-launch-constructs"));
  await terraform(constructs, ["init", "-input=false"]);
  copyFileSync(join(folder, "terraform.tfstate"), statePath);
  const changes = await plan(constructs, localAws.environment);
  const touched = changes.filter(({ change }) => change.actions.join() !== "no-op");
  expect(touched.map(({ type, change }) => `${type}: ${change.actions}`)).toEqual([
    "aws_lambda_function: update",
  ]);
}, 90_000);

test("destroys everything", async () => {
  await terraform(folder, ["destroy", "-auto-approve", "-input=false", "-no-color"], localAws.environment);
}, 200_000);
