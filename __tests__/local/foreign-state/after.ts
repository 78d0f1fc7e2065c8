import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { Cluster } from "../../../src/cluster";
import { Launcher } from "../../../src/launcher";
import { Task } from "../../../src/task";
import { snakeCase } from "../../../testing/snake-case";
import { projectRoot } from "../../../testing/terraform";

/** Address in the hand-made root of each resource that a block takes over, by block and twin address. */
export const oldAddresses = {
  cluster: { "aws_ecs_cluster.this": "aws_ecs_cluster.main" },
  task: {
    'aws_cloudwatch_log_group.this["this"]': "aws_cloudwatch_log_group.ecs",
    'aws_iam_role.execution["this"]': "aws_iam_role.exec",
    'aws_iam_role.task["this"]': "aws_iam_role.task",
    "aws_security_group.this": "aws_security_group.worker",
  },
  launcher: {
    "module.function.aws_cloudwatch_log_group.this": "aws_cloudwatch_log_group.invoker",
    "module.function.aws_iam_role.this": "aws_iam_role.invoker",
    "module.function.aws_lambda_function.this": "aws_lambda_function.invoker",
    "module.dead_letter_queue.aws_sqs_queue.this": "aws_sqs_queue.dead",
    "module.payloads.aws_s3_bucket.this": "aws_s3_bucket.data",
    'module.event_rule["start"].aws_cloudwatch_event_rule.this': "aws_cloudwatch_event_rule.start",
    'module.event_rule["start"].aws_cloudwatch_event_target.this': "aws_cloudwatch_event_target.invoker",
    'module.event_rule["start"].aws_lambda_permission.this["function"]': "aws_lambda_permission.eventbridge",
  },
} as const;

const definition = "aws_ecs_task_definition.worker";

/** What no block takes over: a wide policy, and a repository that the task definition refers to. */
const unused = ["aws_iam_role_policy.invoker", "aws_ecr_repository.worker"];

/** What stays in AWS, also the revision that tasks may still run. */
export const forgotten = [...unused, definition];

const others = ["aws_vpc.main", "aws_subnet.a"];

/** Names and ids that are known from the state. */
export interface Known {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly taskRoleName: string;
}

const inputs = ({ vpcId, subnetId, taskRoleName }: Known) => ({
  cluster: { name: "acme" },
  task: {
    name: "worker",
    vpcId,
    subnetIds: [subnetId],
    image: "example/worker:1",
    names: {
      'aws_cloudwatch_log_group.this["this"]': "/acme/worker",
      'aws_iam_role.execution["this"]': "acme-ecs-execution-role",
      'aws_iam_role.task["this"]': taskRoleName,
      "aws_security_group.this": "acme-ecs-sg",
      "aws_security_group.this.description": "Security group for ECS worker",
      "aws_ecs_task_definition.this": "acme-worker",
    },
  },
  launcher: {
    name: "acme",
    names: {
      "module.function.aws_cloudwatch_log_group.this": "/aws/lambda/acme-invoker",
      "module.function.aws_iam_role.this": "acme-invoker-role",
      "module.function.aws_lambda_function.this": "acme-invoker",
      "module.dead_letter_queue.aws_sqs_queue.this": "acme-invoker-dead",
      "module.payloads.aws_s3_bucket.this": "acme-data",
      'module.event_rule["start"].aws_cloudwatch_event_target.this': "InvokerLambda",
      'module.event_rule["start"].aws_lambda_permission.this["function"]': "AllowEventBridgeInvoke",
    },
    events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
  },
});

const region = "us-east-1";
const maxRetries = 4;

/** The modules in place of the hand-made resources, with `moved` and `removed` blocks; `definitionIs` one of them. */
export function writeModules(
  folder: string,
  known: Known,
  definitionIs: "moved" | "removed" = "removed",
): void {
  const given = snakeCase(inputs(known)) as Record<keyof typeof oldAddresses, object>;
  const source = (module: string) => relative(folder, join(projectRoot, "modules", module));
  const root = {
    module: {
      cluster: { source: source("cluster"), ...given.cluster },
      task: { source: source("task"), cluster_arn: "${module.cluster.cluster_arn}", ...given.task },
      launcher: {
        source: source("launcher"),
        routes: { worker: "${module.task.route}" },
        ...given.launcher,
      },
    },
    moved: [
      ...Object.entries(oldAddresses).flatMap(([block, addresses]) =>
        Object.entries(addresses).map(([to, from]) => ({
          from,
          // The module moves its former address on to the one with a key; two moves to one address are refused.
          to: `module.${block}.${to.replace(/\["(this|function)"\]$/, "")}`,
        })),
      ),
      ...(definitionIs === "moved"
        ? [{ from: definition, to: "module.task.aws_ecs_task_definition.this" }]
        : []),
    ],
    removed: [...unused, ...(definitionIs === "removed" ? [definition] : [])].map((from) => ({
      from,
      lifecycle: { destroy: false },
    })),
  };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root, null, 2));
  const before = readFileSync(join(__dirname, "before.tf"), "utf8");
  const kept = before.split(/\n(?=terraform |provider |resource )/).filter((block) => {
    const [, type, name] = /^resource "(\w+)" "(\w+)"/.exec(block) ?? [];
    return type === undefined || others.includes(`${type}.${name}`);
  });
  writeFileSync(join(folder, "kept.tf"), kept.join("\n"));
}

/** The constructs in place of the hand-made resources. @returns the folder of the stack */
export function synthesizeConstructs(outdir: string, state: string, known: Known): string {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "acme");
  new LocalBackend(stack, { path: state });
  new AwsProvider(stack, "aws", { region, maxRetries });
  const given = inputs(known);
  const cluster = new Cluster(stack, "cluster", given.cluster);
  const task = new Task(stack, "task", { ...given.task, clusterArn: cluster.clusterArn });
  const launcher = new Launcher(stack, "launcher", { ...given.launcher, routes: { worker: task } });
  cluster.adoptFrom(oldAddresses.cluster, { state });
  task.adoptFrom({ ...oldAddresses.task, "aws_ecs_task_definition.this": definition }, { state });
  launcher.adoptFrom(oldAddresses.launcher, { state });
  launcher.forget([...unused, ...others], { state });
  app.synth();
  return join(outdir, "stacks", "acme");
}
