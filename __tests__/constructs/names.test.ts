import { TerraformStack, Testing } from "cdktf";
import type { Names } from "../../src/core/twin";
import { Queue } from "../../src/queue";
import { Task, type TaskProps } from "../../src/task";
import { blocks } from "../parity/blocks";
import { nameAttributes, takesNames } from "../parity/blocks/names";

const withNames = blocks.filter((block) => Object.keys(block.settings).includes("named"));

type Stack = { resource: Record<string, Record<string, Record<string, unknown>>> };

describe.each(withNames.map((block) => [block.module, block] as const))("%s", (_name, block) => {
  test("every name that AWS cannot change is the given one", () => {
    const { names } = block.settings.named as { names: Names };
    const stack = new TerraformStack(Testing.app(), "test");
    const { twinAddresses } = block.construct(stack, "named");
    const { resource } = JSON.parse(Testing.synth(stack)) as Stack;
    let compared = 0;
    for (const [address, { terraformResourceType, friendlyUniqueId }] of twinAddresses) {
      if (!takesNames(address)) continue;
      for (const attribute of nameAttributes[terraformResourceType] ?? []) {
        const given = names[attribute === "description" ? `${address}.description` : address];
        const made = resource[terraformResourceType]![friendlyUniqueId]!;
        expect({ address, attribute, name: made[attribute] }).toEqual({ address, attribute, name: given });
        expect(given).toEqual(expect.any(String));
        compared++;
      }
    }
    expect(compared).toBe(Object.keys(names).length);
  });
});

const task = (props: Partial<TaskProps>, then: (task: Task) => void = () => {}): TerraformStack => {
  const stack = new TerraformStack(Testing.app(), "test");
  const made = new Task(stack, "auth", {
    name: "auth",
    clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
    vpcId: "vpc-0a1b2c3d4e5f60718",
    subnetIds: ["subnet-0a1b2c3d4e5f60718"],
    image: "busybox",
    ...props,
  });
  then(made);
  return stack;
};

test("the permission to run a task follows the name of its family", () => {
  task({ names: { "aws_ecs_task_definition.this": "worker" } }, ({ route }) => {
    expect(route.taskDefinitionArnWithoutRevision).toMatch(/:task-definition\/worker$/);
    expect(route.containerName).toBe("auth");
  });
});

test("a given role name has no prefix, and may be as long as IAM allows", () => {
  const name = "a".repeat(64);
  const stack = task({ names: { "aws_iam_role.execution": name }, roles: { namePrefix: "acme-" } });
  const { resource } = JSON.parse(Testing.synth(stack)) as Stack;
  expect(Object.values(resource.aws_iam_role!).map((role) => role.name)).toEqual([name, "acme-auth-task"]);
});

test("refuses an unknown address, with those that are known", () => {
  expect(() => task({ names: { "aws_iam_role.exec": "acme" } })).toThrow(
    'names has "aws_iam_role.exec", which is not the address of a name here; the addresses are: aws_cloudwatch_log_group.this["this"], aws_iam_role.execution["this"], aws_iam_role_policy.execution["this"], aws_iam_role.task["this"], aws_security_group.this, aws_security_group.this.description, aws_ecs_task_definition.this.',
  );
});

const problems = (stack: TerraformStack): string[] =>
  stack.node
    .findAll()
    .flatMap((node) => node.node.validate())
    .filter((problem) => problem.startsWith("names "));

test("a name of a grant that a method adds later is taken, and refused at synthesis if none does", () => {
  const names = { 'aws_iam_role_policy.grant["jobs"]': "acme-jobs" };
  const arn = "arn:aws:sqs:eu-west-1:123456789012:jobs";
  const added = task({ names }, (auth) => auth.grantSend(arn, { key: "jobs" }));
  expect(problems(added)).toEqual([]);
  expect(Testing.synth(added)).toContain('"acme-jobs"');
  const missing = task({ names });
  expect(problems(missing)).toEqual([
    expect.stringContaining('names has "aws_iam_role_policy.grant["jobs"]"'),
  ]);
});

test("a block made of others refuses a nested address that is unknown to it, or to the nested block", () => {
  const queue = (names: Names) =>
    new Queue(new TerraformStack(Testing.app(), "test"), "jobs", { name: "jobs", names });
  expect(() => queue({ "module.dlq.aws_sqs_queue.this": "acme" })).toThrow(
    'names has "module.dlq.aws_sqs_queue.this", which is not the address of a name here; the addresses are: module.dead_letter_queue["this"].…, aws_sqs_queue.this, aws_cloudwatch_metric_alarm.age.',
  );
  expect(() => queue({ 'module.dead_letter_queue["this"].aws_sqs_queue.that': "acme" })).toThrow(
    'names has "module.dead_letter_queue["this"].aws_sqs_queue.that", which is not the address of a name here; the addresses are: module.dead_letter_queue["this"].aws_sqs_queue.this, module.dead_letter_queue["this"].aws_cloudwatch_metric_alarm.messages. (at test/jobs/dead-letter-queue)',
  );
});

test.each(withNames.map((block) => [block.module, block] as const))(
  "%s refuses an unknown address",
  (_name, { settings, construct }) => {
    const props = settings.named as object;
    Object.assign(props, {
      names: { ...(props as { names: Names }).names, "aws_sqs_queue.unknown": "acme" },
    });
    expect(() => construct(new TerraformStack(Testing.app(), "test"), "named")).toThrow(
      'names has "aws_sqs_queue.unknown", which is not',
    );
  },
);
