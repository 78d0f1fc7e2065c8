import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { LocalAws } from "../../local";
import { until } from "../../scripts/demo/until";
import { clientConfig } from "../../scripts/mutation/client-config";
import { Ecs } from "../../src/ecs";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { maxRetries, sourceIn } from "../../testing/module-root";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";
import { writeAround } from "./ecs/around";

const region = "us-west-2";
const image = "homebrew-bottles-sync:latest";
/** An image as teams have it: it runs as root and listens on no port. */
const program = `sh -c 'echo "user $(id -u), files in $EFS_MOUNT_PATH, level $LOG_LEVEL in $AWS_REGION"; sleep 600'`;

const outputs = [
  "cluster_name",
  "service_name",
  "task_definition_family",
  "task_definition_revision",
  "log_group_name",
  "efs_file_system_id",
  "efs_security_group_id",
  "security_group_id",
  "auto_scaling_target_arn",
] as const;
type Outputs = Record<(typeof outputs)[number], string>;

let localAws: LocalAws;
let planned: ResourceChange[];
let again: ResourceChange[];
let made: Outputs;
let ecs: ECSClient;
const root = emptyRoot("ecs");

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws({ region, images: { [image]: program } }), root);
  const { environment } = localAws;
  const usage = readFileSync(join(__dirname, "ecs", "usage.tf"), "utf8");
  writeFileSync(join(root, "usage.tf"), usage.replace("MODULE", sourceIn(root, "ecs")));
  writeAround(root, outputs);
  await terraform(root, ["init", "-input=false"]);
  planned = await plan(root, environment);
  await terraform(root, ["apply", "-auto-approve", "-input=false", "-no-color"], environment);
  const shown = JSON.parse(await terraform(root, ["output", "-json"], environment));
  made = Object.fromEntries(outputs.map((name) => [name, shown[name].value])) as Outputs;
  again = await plan(root, environment);
  ecs = new ECSClient(clientConfig(environment));
}, 600_000);

afterAll(() => localAws?.stop());

/** The construct, with what the module got as values, adopts the state of the module. */
async function planOfAdoption(): Promise<ResourceChange[]> {
  const outdir = emptyRoot("ecs-constructs");
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "constructs");
  const path = join(outdir, "terraform.tfstate");
  new LocalBackend(stack, { path });
  new AwsProvider(stack, "aws", { region, maxRetries });
  const attributeOf = (address: string, attribute: string) =>
    String(again.find((change) => change.address === address)?.change.after?.[attribute]);
  const arnOf = (name: string) => attributeOf(`module.iam.aws_iam_role.${name}`, "arn");
  const construct = new Ecs(stack, "bottles", {
    projectName: "homebrew-bottles-sync",
    awsRegion: region,
    awsAccountId: "123456789012",
    vpcId: attributeOf("module.network.aws_vpc.this", "id"),
    privateSubnetIds: ["a", "b"].map((zone) => attributeOf(`module.network.aws_subnet.${zone}`, "id")),
    securityGroupIds: [attributeOf("module.network.aws_security_group.ecs", "id")],
    taskExecutionRoleArn: arnOf("execution"),
    taskRoleArn: arnOf("task"),
    containerImage: image,
    efsThroughputMode: "provisioned",
    environmentVariables: {
      S3_BUCKET_NAME: "bottles",
      SLACK_WEBHOOK_SECRET_NAME: "bottles/slack",
      DOWNLOAD_CONCURRENCY: "5",
      TEMP_STORAGE_PATH: "/tmp/bottles",
    },
    tags: { Project: "homebrew-bottles-sync" },
  });
  construct.adoptFrom("module.ecs");
  construct.forget(["module.network", "module.iam"]);
  app.synth();
  const folder = join(outdir, "stacks", "constructs");
  await terraform(folder, ["init", "-input=false"]);
  copyFileSync(join(root, "terraform.tfstate"), path);
  return plan(folder, localAws.environment);
}

const changed = (changes: ResourceChange[]) =>
  changes
    .filter(({ change }) => change.actions.join() !== "no-op")
    .map(({ address, change }) => ({ address, actions: change.actions.join() }));

test("a call of the module that it replaces plans, and plans no change after its apply", () => {
  const ofModule = planned.filter(({ address }) => address.startsWith("module.ecs."));
  expect(new Set(ofModule.map(({ change }) => change.actions.join()))).toEqual(new Set(["create"]));
  const counts: Record<string, number> = {};
  for (const { type } of ofModule) counts[type] = (counts[type] ?? 0) + 1;
  expect(counts).toMatchObject({
    aws_ecs_cluster: 1,
    aws_ecs_service: 1,
    aws_ecs_task_definition: 1,
    aws_efs_file_system: 1,
    aws_efs_mount_target: 2,
    aws_cloudwatch_log_group: 2,
    aws_cloudwatch_metric_alarm: 2,
  });
  expect(Object.keys(counts).filter((type) => type.startsWith("aws_iam_"))).toEqual([]);
  expect(changed(again)).toEqual([]);
});

test("the construct adopts the state of the module without a change", async () => {
  const adopted = await planOfAdoption();
  expect(adopted.filter(({ previous_address }) => previous_address?.startsWith("module.ecs."))).toHaveLength(
    planned.filter(({ address }) => address.startsWith("module.ecs.")).length,
  );
  // What stands in for other modules is forgotten.
  expect(changed(adopted).filter(({ actions }) => actions !== "forget")).toEqual([]);
}, 180_000);

test("an image of root that listens on no port runs, and mounts the file system without a policy of its own", async () => {
  const { cluster_name: cluster, service_name: service } = made;
  await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 1 }));
  const running = async () => {
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }));
    if (taskArns?.length !== 1) return [];
    return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
  };
  const tasks = await until(running, ([task]) => task?.lastStatus === "RUNNING", 20_000);
  expect(tasks).toMatchObject([{ lastStatus: "RUNNING", healthStatus: "UNKNOWN" }]);
  const logs = new CloudWatchLogsClient(clientConfig(localAws.environment));
  const { events } = await until(
    () => logs.send(new FilterLogEventsCommand({ logGroupName: made.log_group_name })),
    (page) => (page.events ?? []).length > 0,
  );
  expect(events?.map(({ message }) => message)).toEqual([
    "user 0, files in /mnt/efs, level INFO in us-west-2",
  ]);
}, 120_000);

/** Calls of services that have no client among the packages of the project. */
async function call(service: string, path: string, body?: string): Promise<string> {
  const response = await fetch(`${localAws.endpoint}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=123456789012/20261128/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    },
    body,
  });
  expect(response.status).toBe(200);
  return response.text();
}

describe("what the operators look up has the names of the project", () => {
  test("describe-task-definition, describe-services, describe-clusters", async () => {
    const project = "homebrew-bottles-sync";
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: project }));
    expect(taskDefinition?.revision).toBe(made.task_definition_revision);
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: made.cluster_name, services: [project] }),
    );
    expect(services).toMatchObject([{ status: "ACTIVE", events: expect.any(Array) }]);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [made.cluster_name] }));
    expect(clusters).toMatchObject([{ status: "ACTIVE", clusterName: project }]);
  });

  test("logs tail", () => expect(made.log_group_name).toBe("/aws/ecs/homebrew-bottles-sync"));

  test("describe-mount-targets, describe-security-groups", async () => {
    const { MountTargets } = JSON.parse(
      await call("elasticfilesystem", `/2015-02-01/mount-targets?FileSystemId=${made.efs_file_system_id}`),
    ) as { MountTargets: { LifeCycleState: string }[] };
    expect(MountTargets.map(({ LifeCycleState }) => LifeCycleState)).toEqual(["available", "available"]);
    const groups = await call(
      "ec2",
      "/",
      `Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.1=${made.efs_security_group_id}&GroupId.2=${made.security_group_id}`,
    );
    // NFS is allowed from the tasks, and to the file system.
    expect(groups.match(/<fromPort>2049<\/fromPort>/g)).toHaveLength(2);
    for (const peer of [made.efs_security_group_id, made.security_group_id])
      expect(groups).toContain(`<groupId>${peer}</groupId>`);
  });

  test("get-metric-statistics, with the cluster beside the service", async () => {
    const cloudwatch = new CloudWatchClient(clientConfig(localAws.environment));
    const Dimensions = [
      { Name: "ClusterName", Value: made.cluster_name },
      { Name: "ServiceName", Value: made.service_name },
    ];
    const metric = { Namespace: "AWS/ECS", MetricName: "CPUUtilization" };
    const now = new Date();
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: metric.Namespace,
        MetricData: [{ MetricName: metric.MetricName, Dimensions, Value: 42, Timestamp: now }],
      }),
    );
    const averagesOf = async (of: typeof Dimensions) => {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          ...metric,
          Dimensions: of,
          StartTime: new Date(now.getTime() - 3_600_000),
          EndTime: new Date(now.getTime() + 60_000),
          Period: 300,
          Statistics: ["Average"],
        }),
      );
      return Datapoints.map(({ Average }) => Average);
    };
    expect(await averagesOf(Dimensions)).toEqual([42]);
    // The service alone is another metric, which has no values.
    expect(await averagesOf([Dimensions[1]!])).toEqual([]);
  });
});
