import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformResource, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { Twin } from "../../src/core/twin";
import { Queue } from "../../src/queue";
import { blocks } from "../parity/blocks";

const stack = () => new TerraformStack(Testing.app(), "test");

const moves = (from: TerraformStack): { from: string; to: string }[] =>
  (JSON.parse(Testing.synth(from)) as { moved?: { from: string; to: string }[] }).moved ?? [];

describe("every block", () => {
  const settings = blocks.flatMap((block) =>
    Object.keys(block.settings).map((setting) => [block.module, setting, block] as const),
  );

  test.each(settings)("%s, %s: each resource has a twin address of its own", (_module, setting, block) => {
    const construct = block.construct(stack(), setting);
    const resources = construct.node.findAll().filter((node) => TerraformResource.isTerraformResource(node));
    const recorded = [...construct.twinAddresses.values()];
    expect(resources.length).toBeGreaterThan(0);
    expect(new Set(recorded).size).toBe(recorded.length);
    expect(new Set(recorded)).toEqual(new Set(resources));
  });
});

describe("adoptFrom", () => {
  test("moves every resource, also nested ones, from a module call", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.adoptFrom('module.jobs["nightly"]');
    expect(
      moves(to)
        .map((move) => move.from)
        .sort(),
    ).toEqual([
      'module.jobs["nightly"].aws_cloudwatch_metric_alarm.age',
      'module.jobs["nightly"].aws_sqs_queue.this',
      'module.jobs["nightly"].aws_sqs_queue_policy.this',
      'module.jobs["nightly"].aws_sqs_queue_redrive_allow_policy.dead_letter',
      'module.jobs["nightly"].module.dead_letter_queue["this"].aws_cloudwatch_metric_alarm.messages',
      'module.jobs["nightly"].module.dead_letter_queue["this"].aws_sqs_queue.this',
      'module.jobs["nightly"].module.dead_letter_queue["this"].aws_sqs_queue_policy.this',
    ]);
    expect(moves(to).find((move) => move.from.endsWith('["nightly"].aws_sqs_queue.this'))?.to).toMatch(
      /^aws_sqs_queue\.jobs_queue_/,
    );
  });

  test("moves the resources that a map names, and creates the others", () => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).adoptFrom({
      "aws_sqs_queue.this": "module.old.aws_sqs_queue.main[0]",
    });
    expect(moves(to).map((move) => move.from)).toEqual(["module.old.aws_sqs_queue.main[0]"]);
  });

  test("refuses an unknown address, and names the known ones", () => {
    const queue = new Queue(stack(), "jobs", { name: "jobs" });
    expect(() => queue.adoptFrom({ "aws_sqs_queue.main": "aws_sqs_queue.x" })).toThrow(
      /adoptFrom names the twin address "aws_sqs_queue.main".*aws_sqs_queue.this.*\(at test\/jobs\)/,
    );
  });
});

describe("twin", () => {
  class Wrong extends Twin {
    constructor(scope: Construct, addresses: string[]) {
      super(scope, "wrong");
      for (const [index, address] of addresses.entries())
        this.twin(address, new SqsQueue(this, `queue-${index}`, {}));
    }
  }

  test("refuses an address of another resource type", () => {
    expect(() => new Wrong(stack(), ["aws_vpc.this"])).toThrow(
      'The twin address "aws_vpc.this" does not start with "aws_sqs_queue."',
    );
  });

  test("refuses an address twice", () => {
    expect(() => new Wrong(stack(), ["aws_sqs_queue.this", "aws_sqs_queue.this"])).toThrow(
      'Two resources have the twin address "aws_sqs_queue.this"',
    );
  });
});
