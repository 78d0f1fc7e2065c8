import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import type { Run } from "../../cli/run-history";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { PolicyRunnerAws } from "../../scripts/demo/policy-runner/aws";
import { createBucketEvent, reportedBucket, securityHubEvent } from "../../scripts/demo/policy-runner/events";
import type { Outputs } from "../../scripts/demo/policy-runner/settings";
import { until } from "../../scripts/demo/until";
import { clientConfig } from "../../scripts/mutation/client-config";
import { ensureCustodian } from "../../scripts/setup/index.cjs";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { applyRoot, writeModuleRoot } from "../../testing/module-root";
import { emptyRoot, plan } from "../../testing/terraform";

const image = "ghcr.io/acme/custodian-worker:1.0.0";

/** One policy of the example, and one that the task role may not run. */
function writePolicies(folder: string): { policiesFolder: string; mappingsFile: string } {
  const policiesFolder = join(folder, "policies");
  mkdirSync(policiesFolder, { recursive: true });
  const policy = (name: string, text: object) =>
    writeFileSync(join(policiesFolder, name), JSON.stringify(text));
  policy("block.yml", {
    policies: [
      {
        name: "block-public-access",
        resource: "aws.s3",
        actions: [{ type: "set-public-block" }],
      },
    ],
  });
  policy("tag.yml", {
    policies: [
      { name: "tag-function", resource: "aws.lambda", actions: [{ type: "tag", tags: { finding: "open" } }] },
    ],
  });
  const mappingsFile = join(folder, "policy-mappings.json");
  const mappings = [
    { id: "buckets", match: { event_name: ["CreateBucket"] }, policy: { key: "policies/block.yml" } },
    { id: "functions", match: { control_id: ["Lambda.1"] }, policy: { key: "policies/tag.yml" } },
  ];
  writeFileSync(mappingsFile, JSON.stringify({ version: "2.0", mappings }));
  return { policiesFolder, mappingsFile };
}

let localAws: LocalAws;
let aws: PolicyRunnerAws;
let root: string;
let outputs: Outputs & { worker_service_name: string };
let ecs: ECSClient;

beforeAll(async () => {
  const worker = join(emptyRoot("policy-runner-worker"), "main.js");
  await bundleWorker("worker/main.ts", worker);
  root = writeModuleRoot({
    folder: "policy-runner-workers",
    module: "systems/policy-runner",
    name: "custodian",
    inputs: {
      name: "custodian",
      mode: "service",
      workers: { min: 1, max: 2 },
      image,
      ...writePolicies(emptyRoot("policy-runner-policies")),
      sources: {
        buckets: { preset: "cloudtrail", source: ["aws.s3"], eventNames: ["CreateBucket"] },
        hub: { preset: "security_hub" },
      },
      permissions: ["s3"],
      onFailure: { action: "dead_letter" },
      createMonitoring: false,
      createNetwork: false,
      existingNetwork: { vpcId: "${aws_vpc.this.id}", subnetIds: ["${aws_subnet.this.id}"] },
    },
    outputs: [
      "cluster_name",
      "function_name",
      "function_arn",
      "dead_letter_queue_url",
      "log_group_name",
      "task_role_arn",
      "worker_service_name",
    ],
    resources: {
      aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { this: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.1.0/24" } },
    },
  });
  localAws = await withSharedProvider(
    await startTestAws({
      images: { [image]: `env CUSTODIAN="${ensureCustodian()}" "${process.execPath}" "${worker}"` },
    }),
    root,
  );
  outputs = await applyRoot(root, localAws);
  aws = new PolicyRunnerAws(outputs, localAws.environment);
  ecs = new ECSClient(clientConfig(localAws.environment));
  for (const bucket of [reportedBucket, "another-bucket"]) await aws.createBucket(bucket);
}, 300_000);

afterAll(() => localAws?.stop());

/** The runs that the command `runs` lists, as soon as there are so many. */
const runs = (count: number): Promise<Run[]> =>
  until(
    () => aws.history(),
    (found) => found.length >= count && found.every(({ policy }) => policy !== undefined),
  );

test("a worker of the ECS service makes the run of a finding, once, and no task is started for it", async () => {
  const event = localAws.publish(createBucketEvent);
  await aws.deliver(event);
  expect(await runs(1)).toEqual([
    expect.objectContaining({
      outcome: "succeeded",
      policy: "policies/block.yml",
      resource: reportedBucket,
      actionsTaken: 1,
      attempt: 1,
    }),
  ]);
  // At the same time the two deliveries may both be queued, and the worker makes one run. Later there is a record.
  await aws.deliver(event);
  expect(
    await until(
      () => aws.sumOf("Duplicates"),
      (count) => count > 0,
    ),
  ).toBeGreaterThan(0);
  expect(await runs(1)).toHaveLength(1);
  const buckets = await aws.buckets();
  expect(buckets[reportedBucket]).toMatchObject({ publicAccessBlocked: true });
  expect(buckets["another-bucket"]).toMatchObject({ publicAccessBlocked: false });
  const tasks = await aws.tasks();
  expect(tasks.map(({ group }) => group)).toEqual([`service:${outputs.worker_service_name}`]);
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: outputs.cluster_name, services: [outputs.worker_service_name] }),
  );
  expect(services[0]).toMatchObject({ desiredCount: 1, runningCount: 1 });
}, 150_000);

test("a run that fails ends with its finding in the dead-letter queue", async () => {
  localAws.publish(
    securityHubEvent(
      "Lambda.1",
      "AwsLambdaFunction",
      "arn:aws:lambda:us-east-1:123456789012:function:orders",
    ),
  );
  const failed = (await runs(2)).at(-1)!;
  expect(failed).toMatchObject({ outcome: "failed", policy: "policies/tag.yml", exitCode: 2 });
  const log = await aws.runLog(failed.task);
  expect(log[0]).toContain('"message":"run begins"');
  expect(log.at(-1)).toContain('"policy":"policies/tag.yml"');
  expect(log.join()).not.toContain("policies/block.yml");
  const letters = await until(
    () => aws.deadLetters(),
    (found) => found.length > 0,
  );
  expect(JSON.stringify(letters)).toContain("exited with 2");
  expect(await aws.sumOf("TasksFailed")).toBe(1);
}, 150_000);

test("a second plan changes nothing, and the way back to tasks destroys what the workers need alone", async () => {
  const changed = async () =>
    (await plan(root, localAws.environment)).filter(({ change }) => change.actions.join() !== "no-op");
  expect(await changed()).toEqual([]);
  const file = join(root, "main.tf.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"mode": "service"', '"mode": "task"'));
  const changes = await changed();
  const destroyed = changes.filter(({ change }) => change.actions.join() === "delete");
  expect(destroyed.length).toBeGreaterThan(5);
  expect(
    destroyed
      .map(({ address }) => address)
      .filter((address) => !/\.module\.(runs|worker|buffer)\[|\.(take_runs|buffer)\[|"buffer"/.test(address)),
  ).toEqual([]);
  expect(changes.filter(({ change }) => change.actions.length > 1).map(({ type }) => type)).toEqual([
    "aws_ecs_task_definition",
  ]);
}, 60_000);
