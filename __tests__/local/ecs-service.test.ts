import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RunTaskCommand,
  type Service,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { LocalAws } from "../../local";
import { EcsService, type EcsServiceRoute, type Scaling } from "../../src/ecs-service";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { maxRetries, region, sourceIn, writeRoot } from "../../testing/module-root";
import { snakeCase } from "../../testing/snake-case";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";

const queueDepth = { queueName: "jobs", messagesPerTask: 5 };
const scalings: Readonly<Record<string, Scaling | undefined>> = {
  fixed: undefined,
  queue: { min: 0, max: 5, queueDepth },
  steps: { min: 2, max: 10, stepScaling: { cpuPercent: 70, memoryPercent: 80 } },
  tracking: { min: 0, max: 10, targetTracking: { cpuPercent: 70 } },
};
const tags = { team: "platform" };

/** A service for each way of scaling, of a task of the block `task`. */
function writeModules(scalingOf: typeof scalings): void {
  const task = {
    source: sourceIn(root, "task"),
    name: "worker",
    cluster_arn: "${aws_ecs_cluster.this.arn}",
    vpc_id: "${aws_vpc.this.id}",
    subnet_ids: ["${aws_subnet.this.id}"],
    image: "worker:1",
  };
  const service = (key: string) => ({
    source: sourceIn(root, "ecs-service"),
    name: `worker-${key}`,
    route: '${merge(module.task.route, { capacity = "%CAPACITY" })}'.replace(
      "%CAPACITY",
      key === "steps" ? "FARGATE_SPOT" : "FARGATE",
    ),
    task_definition_arn: "${module.task.task_definition_arn}",
    tags,
    depends_on: ["aws_ecs_cluster_capacity_providers.this"],
    ...(scalingOf[key] && { scaling: snakeCase(scalingOf[key]) }),
  });
  writeRoot(root, {
    resource: {
      aws_ecs_cluster: { this: { name: "workers" } },
      aws_launch_template: { gpu: { name: "gpu", image_id: "ami-03cf127a", instance_type: "t3.micro" } },
      aws_autoscaling_group: {
        gpu: {
          name: "gpu",
          min_size: 0,
          max_size: 1,
          vpc_zone_identifier: ["${aws_subnet.this.id}"],
          launch_template: { id: "${aws_launch_template.gpu.id}" },
          tag: { key: "AmazonECSManaged", value: "", propagate_at_launch: true },
          lifecycle: { ignore_changes: ["desired_capacity"] },
        },
      },
      aws_ecs_capacity_provider: {
        gpu: {
          name: "gpu",
          auto_scaling_group_provider: {
            auto_scaling_group_arn: "${aws_autoscaling_group.gpu.arn}",
            managed_scaling: { status: "ENABLED" },
          },
        },
      },
      aws_ecs_cluster_capacity_providers: {
        this: {
          cluster_name: "${aws_ecs_cluster.this.name}",
          capacity_providers: ["FARGATE", "FARGATE_SPOT", "${aws_ecs_capacity_provider.gpu.name}"],
        },
      },
      aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { this: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.1.0/24" } },
      aws_ecs_service: {
        waiting: {
          name: "worker-waiting",
          cluster: "${aws_ecs_cluster.this.arn}",
          task_definition: "${module.task.task_definition_arn}",
          desired_count: 2,
          launch_type: "FARGATE",
          wait_for_steady_state: true,
          network_configuration: { subnets: ["${aws_subnet.this.id}"] },
        },
      },
    },
    module: {
      task,
      ...Object.fromEntries(Object.keys(scalings).map((key) => [key, service(key)])),
    },
    output: {
      route: { value: "${module.task.route}" },
      revision: { value: "${module.task.task_definition_arn}" },
    },
  });
}

/** The constructs, with what the modules got as values, adopt the state of the modules. */
async function planOfAdoption(): Promise<ResourceChange[]> {
  const outputs = JSON.parse(await terraform(root, ["output", "-json"], localAws.environment));
  const route = outputs.route.value;
  const outdir = emptyRoot("ecs-service-constructs");
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "constructs");
  const path = join(outdir, "terraform.tfstate");
  new LocalBackend(stack, { path });
  new AwsProvider(stack, "aws", { region, maxRetries });
  const ofTask: EcsServiceRoute = {
    clusterArn: route.cluster_arn,
    containerName: route.container_name,
    subnetIds: route.subnet_ids,
    securityGroupIds: route.security_group_ids,
    taskRoleName: route.task_role_name,
  };
  for (const [key, scaling] of Object.entries(scalings)) {
    const service = new EcsService(stack, key, {
      name: `worker-${key}`,
      route: { ...ofTask, capacity: key === "steps" ? "FARGATE_SPOT" : "FARGATE" },
      taskDefinitionArn: outputs.revision.value,
      scaling,
      tags,
    });
    service.adoptFrom(`module.${key}`);
  }
  app.synth();
  const folder = join(outdir, "stacks", "constructs");
  await terraform(folder, ["init", "-input=false"]);
  copyFileSync(join(root, "terraform.tfstate"), path);
  return plan(folder, localAws.environment);
}

/** Runs a task of the capacity provider, which has no instances, until it has run and its instance has gone. */
async function runOnEmptyProvider(): Promise<string[]> {
  const ecs = client();
  const [waiting] = applied;
  const { tasks: [task] = [] } = await ecs.send(
    new RunTaskCommand({
      cluster: "workers",
      taskDefinition: "worker",
      capacityProviderStrategy: [{ capacityProvider: "gpu", weight: 1 }],
      networkConfiguration: waiting?.networkConfiguration,
    }),
  );
  const seen = [`${task?.lastStatus} on ${task?.capacityProviderName}`];
  const see = async (what: string, look: () => Promise<boolean>) => {
    for (let tried = 0; tried < 100 && !(await look()); tried += 1) await sleep(100);
    seen.push((await look()) ? what : `not ${what}`);
  };
  const taskArn = task?.taskArn ?? "";
  const has = async (status: string) => {
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: "workers", tasks: [taskArn] }));
    return tasks[0]?.lastStatus === status;
  };
  const instances = async () =>
    (await ecs.send(new ListContainerInstancesCommand({ cluster: "workers" }))).containerInstanceArns?.length;
  await see("RUNNING", () => has("RUNNING"));
  await see("one instance", async () => (await instances()) === 1);
  await ecs.send(new StopTaskCommand({ cluster: "workers", task: taskArn }));
  await see("no instance", async () => (await instances()) === 0);
  return seen;
}

/** Not the ECS service that is no block. */
const ofServices = ({ address, type }: ResourceChange): boolean =>
  address !== "aws_ecs_service.waiting" &&
  /^aws_(ecs_service$|appautoscaling_|cloudwatch_metric_alarm$)/.test(type);

const client = () =>
  new ECSClient({
    region,
    endpoint: localAws.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

/** The ECS services after the apply. */
async function describeServices(): Promise<Service[]> {
  const services = ["worker-waiting", ...Object.keys(scalings).map((key) => `worker-${key}`)];
  return (await client().send(new DescribeServicesCommand({ cluster: "workers", services }))).services ?? [];
}

let localAws: LocalAws;
let applied: Service[];
let ranOnEmptyProvider: string[];
const root = emptyRoot("ecs-service");
let again: ResourceChange[];
let adopted: ResourceChange[];
let rescaled: ResourceChange[];
let left: string;

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws({ images: { "worker:1": "sleep 600" } }), root);
  const run = (...args: string[]) => terraform(root, args, localAws.environment);
  writeModules(scalings);
  await run("init", "-input=false");
  await run("apply", "-auto-approve", "-input=false", "-no-color");
  applied = await describeServices();
  ranOnEmptyProvider = await runOnEmptyProvider();
  again = await plan(root, localAws.environment);
  adopted = await planOfAdoption();
  writeModules({ ...scalings, fixed: scalings.queue, queue: undefined });
  rescaled = await plan(root, localAws.environment);
  await run("destroy", "-auto-approve", "-input=false", "-no-color");
  left = await run("state", "list");
}, 600_000);

afterAll(() => localAws?.stop());

const changed = (changes: ResourceChange[]) =>
  changes
    .filter(({ change }) => change.actions.join() !== "no-op")
    .map(({ address, change }) => ({ address, actions: change.actions.join() }));

test("plans no change after an apply, and leaves nothing after a destroy", () => {
  expect(changed(again)).toEqual([]);
  expect(again.filter(ofServices).length).toBeGreaterThanOrEqual(4 + 4 + 5 + 4);
  expect(left.trim()).toBe("");
});

test("constructs adopt the state of the modules without a change of an ECS service, its scaling or its alarms", () => {
  const found = adopted.filter(ofServices);
  expect(found.length).toBeGreaterThanOrEqual(4 + 4 + 5 + 4);
  expect(changed(found)).toEqual([]);
});

test("an ECS service gets and loses its scaling in place", () => {
  const services = rescaled.filter((change) => ofServices(change) && change.type === "aws_ecs_service");
  expect(services.map(({ change }) => change.actions.join())).toEqual(["no-op", "no-op", "no-op", "no-op"]);
  const targets = rescaled.filter(({ type }) => type === "aws_appautoscaling_target");
  expect(changed(targets)).toEqual(
    ["fixed", "queue"].map((key) => ({
      address: `module.${key}.aws_appautoscaling_target.this`,
      actions: "update",
    })),
  );
});

test("a task of a capacity provider without instances waits for one, and the instance goes afterwards", () => {
  expect(ranOnEmptyProvider).toEqual(["PROVISIONING on gpu", "RUNNING", "one instance", "no instance"]);
});

test("an apply that waits for a steady state ends when the tasks run", () => {
  const waiting = applied.find(({ serviceName }) => serviceName === "worker-waiting");
  expect(waiting).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
});

test("each ECS service has the count of its scalable target", () => {
  const counts = applied.map(({ desiredCount, serviceName }) => [serviceName, desiredCount]);
  expect(Object.fromEntries(counts)).toEqual({
    "worker-waiting": 2,
    "worker-fixed": 1,
    "worker-queue": 0,
    "worker-steps": 2,
    "worker-tracking": 0,
  });
});
