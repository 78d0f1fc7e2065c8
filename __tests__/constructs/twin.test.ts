import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformResource, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { Twin } from "../../src/core/twin";
import { FileSystem } from "../../src/file-system";
import { Queue } from "../../src/queue";
import { Task } from "../../src/task";
import { blocks } from "../parity/blocks";

const stack = () => new TerraformStack(Testing.app(), "test");

const moves = (from: TerraformStack): { from: string; to: string }[] =>
  (JSON.parse(Testing.synth(from)) as { moved?: { from: string; to: string }[] }).moved ?? [];

const task = (to: TerraformStack, name = "auth") =>
  new Task(to, name, {
    name,
    clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
    vpcId: "vpc-0123456789abcdef0",
    subnetIds: ["subnet-0123456789abcdef0"],
    image: "busybox",
  });

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

  test("moves resources from the addresses that a module call had in an earlier release", () => {
    const to = stack();
    task(to).adoptFrom("module.auth");
    const moved = moves(to).filter(({ from }) => from.startsWith("module.auth.aws_iam_role.task"));
    expect(moved).toContainEqual({
      from: "module.auth.aws_iam_role.task",
      to: 'module.auth.aws_iam_role.task["this"]',
    });
    expect(moved).toContainEqual({
      from: 'module.auth.aws_iam_role.task["this"]',
      to: expect.stringMatching(/^aws_iam_role\.auth_task-role_/),
    });
  });

  test("has the former addresses of its module", () => {
    const to = stack();
    task(to).adoptFrom("module.auth");
    const within = moves(to).filter((move) => move.to.startsWith("module.auth."));
    const module = readFileSync(join(__dirname, "../../modules/task/main.tf"), "utf8");
    const moved = [...module.matchAll(/^moved \{\n {2}from = (\S+)\n {2}to {3}= (\S+)\n\}/gm)];
    expect(within.map(({ from, to: current }) => [from, current]).sort()).toEqual(
      moved.map(([, from, current]) => [`module.auth.${from}`, `module.auth.${current}`]).sort(),
    );
    expect(within).toHaveLength(4);
  });

  test("takes a twin address of an earlier release in a map", () => {
    const to = stack();
    task(to).adoptFrom({ "aws_iam_role.task": "aws_iam_role.main" });
    expect(moves(to)).toEqual([
      { from: "aws_iam_role.main", to: expect.stringMatching(/^aws_iam_role\.auth_task-role_/) },
    ]);
  });

  test("refuses an unknown address, and names the known ones", () => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).adoptFrom({ "aws_sqs_queue.main": "aws_sqs_queue.x" });
    expect(() => moves(to)).toThrow(
      /adoptFrom names the twin address "aws_sqs_queue.main".*of its 7 addresses are: aws_sqs_queue.this.*\(at test\/jobs\)/,
    );
  });

  test("moves what methods add after it", () => {
    const to = stack();
    const fileSystem = new FileSystem(to, "files", {
      name: "files",
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: { a: "subnet-0123456789abcdef0" },
      accessPoints: { work: {} },
    });
    fileSystem.adoptFrom("module.files");
    fileSystem.letIn("report", "sg-0123456789abcdef0");
    expect(moves(to).map((move) => move.from)).toContain(
      'module.files.aws_vpc_security_group_ingress_rule.client["report"]',
    );
  });

  test("moves once, however often the stack is synthesized", () => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).adoptFrom("module.jobs");
    const first = moves(to);
    expect(moves(to)).toEqual(first);
  });

  test.each([
    [
      { "aws_sqs_queue.this": "jobs" },
      'adoptFrom gives "aws_sqs_queue.this" the address "jobs"; the address of',
    ],
    [
      { "aws_sqs_queue.this": "data.aws_sqs_queue.jobs" },
      'the address "data.aws_sqs_queue.jobs"; the address of',
    ],
    [{ "aws_sqs_queue.this": "module.jobs" }, 'the address "module.jobs"; the address of'],
    [
      { "aws_sqs_queue.this": "aws_sqs_queue.jobs[a]" },
      'the address "aws_sqs_queue.jobs[a]"; the address of',
    ],
    [
      { "aws_sqs_queue.this": "aws_sqs_queue_policy.jobs" },
      '"aws_sqs_queue.this" the address "aws_sqs_queue_policy.jobs", which is of type aws_sqs_queue_policy; both must',
    ],
    [
      {
        "aws_sqs_queue.this": "aws_sqs_queue.jobs",
        'module.dead_letter_queue["this"].aws_sqs_queue.this': "aws_sqs_queue.jobs",
      },
      'adoptFrom gives "aws_sqs_queue.this" and "module.dead_letter_queue["this"].aws_sqs_queue.this" the same address "aws_sqs_queue.jobs"',
    ],
    ["aws_sqs_queue.jobs", 'adoptFrom is "aws_sqs_queue.jobs"; the address of a module call has a form'],
    ["jobs", 'adoptFrom is "jobs"'],
  ])("refuses %j", (previous, message) => {
    const queue = new Queue(stack(), "jobs", { name: "jobs" });
    expect(() => queue.adoptFrom(previous)).toThrow(message);
    expect(() => queue.adoptFrom(previous)).toThrow("(at test/jobs)");
  });

  test.each([
    ['module.a["x.y[0]"].module.b[0].aws_sqs_queue.jobs["n \\"q\\""]'],
    ["aws_sqs_queue.data"],
    ["module.data.aws_sqs_queue.module"],
  ])("takes the address %s", (old) => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).adoptFrom({ "aws_sqs_queue.this": old });
    expect(moves(to).map((move) => move.from)).toEqual([old]);
  });

  test("refuses an address that another construct of the stack adopts", () => {
    const to = stack();
    new Queue(to, "a", { name: "a" }).adoptFrom({ "aws_sqs_queue.this": "aws_sqs_queue.jobs" });
    new Queue(to, "b", { name: "b" }).adoptFrom({ "aws_sqs_queue.this": "aws_sqs_queue.jobs" });
    expect(() => moves(to)).toThrow(
      'adoptFrom moves "aws_sqs_queue.jobs" to "aws_sqs_queue.this" of test/a and to "aws_sqs_queue.this" of test/b;',
    );
  });

  test("refuses two addresses for one resource", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.adoptFrom("module.jobs");
    queue.adoptFrom({ "aws_sqs_queue.this": "aws_sqs_queue.jobs" });
    expect(() => moves(to)).toThrow(
      '"aws_sqs_queue.this" is taken over from "module.jobs.aws_sqs_queue.this" and from "aws_sqs_queue.jobs"; give it one',
    );
  });
});

describe("with a state file", () => {
  const folder = mkdtempSync(join(tmpdir(), "state-"));
  const state = join(folder, "terraform.tfstate");
  const resource = (type: string, name: string, instances: object[] = [{}], module?: string) => ({
    ...(module === undefined ? {} : { module }),
    mode: "managed",
    type,
    name,
    instances,
  });
  writeFileSync(
    state,
    JSON.stringify({
      version: 4,
      resources: [
        resource("aws_sqs_queue", "jobs", [{ index_key: 0 }, { index_key: "a" }]),
        resource("aws_sqs_queue", "other", [{ deposed: "12345678" }]),
        resource("aws_sqs_queue", "this", [{}], 'module.jobs["nightly"]'),
        resource("aws_vpc", "jobs"),
        { ...resource("aws_sqs_queue", "read"), mode: "data" },
      ],
    }),
  );
  afterAll(() => rmSync(folder, { recursive: true }));
  const queue = () => new Queue(stack(), "jobs", { name: "jobs" });
  const twin = "aws_sqs_queue.this";

  test.each([
    "aws_sqs_queue.jobs[0]",
    'aws_sqs_queue.jobs["a"]',
    'module.jobs["nightly"].aws_sqs_queue.this',
  ])("adopts %s", (old) => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).adoptFrom({ [twin]: old }, { state });
    expect(moves(to).map((move) => move.from)).toEqual([old]);
  });

  test.each([
    ["aws_sqs_queue.jobs", 'similar ones are "aws_sqs_queue.jobs[0]", "aws_sqs_queue.jobs["a"]"'],
    ["aws_sqs_queue.other", `the address "aws_sqs_queue.other", which ${state} does not have`],
    ["aws_sqs_queue.read", "does not have"],
  ])("refuses %s, which the state does not have, and names similar addresses", (old, message) => {
    expect(() => queue().adoptFrom({ [twin]: old }, { state })).toThrow(message);
  });

  test("refuses a module of which the state has nothing", () => {
    queue().adoptFrom('module.jobs["nightly"]', { state });
    expect(() => queue().adoptFrom("module.jobs", { state })).toThrow(
      `adoptFrom is "module.jobs", of which ${state} has no resource; the most similar ones are "module.jobs["nightly"]".`,
    );
  });

  test("forgets what the state has", () => {
    queue().forget(["module.jobs", "aws_sqs_queue.jobs"], { state });
    expect(() => queue().forget(["module.job"], { state })).toThrow('similar ones are "module.jobs"');
    expect(() => queue().forget(["aws_sqs_queue.job"], { state })).toThrow('ones are "aws_sqs_queue.jobs"');
  });

  test("refuses a file that is no state", () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, '{"version":3}');
    const adopt = (path: string) => () => queue().adoptFrom("module.jobs", { state: path });
    expect(adopt(broken)).toThrow(`state is "${broken}", whose version is 3; give a state file of version 4`);
    expect(adopt(join(folder, "none"))).toThrow(/none", which cannot be read as a state file: ENOENT/);
  });
});

const synthesized = (from: TerraformStack) => JSON.parse(Testing.synth(from));

describe("importFrom", () => {
  const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs";

  test("writes an import block for each twin address", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.importFrom({ "aws_sqs_queue.this": url });
    const id = queue.twinAddresses.get("aws_sqs_queue.this")!.friendlyUniqueId;
    expect(synthesized(to).import).toEqual([{ id: url, to: `aws_sqs_queue.${id}` }]);
  });

  test("refuses an empty ID", () => {
    const queue = new Queue(stack(), "jobs", { name: "jobs" });
    expect(() => queue.importFrom({ "aws_sqs_queue.this": " " })).toThrow(
      'importFrom gives "aws_sqs_queue.this" the ID " "; it takes the ID',
    );
  });

  test("refuses an unknown address", () => {
    const to = stack();
    new Queue(to, "jobs", { name: "jobs" }).importFrom({ "aws_sqs_queue.main": url });
    expect(() => synthesized(to)).toThrow('importFrom names the twin address "aws_sqs_queue.main"');
  });

  test("refuses an ID that another resource of the type has", () => {
    const to = stack();
    new Queue(to, "a", { name: "a" }).importFrom({ "aws_sqs_queue.this": url });
    new Queue(to, "b", { name: "b" }).importFrom({ "aws_sqs_queue.this": url });
    expect(() => synthesized(to)).toThrow(
      `importFrom gives "aws_sqs_queue.this" of test/a and "aws_sqs_queue.this" of test/b the same ID "${url}"`,
    );
  });

  test("refuses a resource that is adopted too", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.adoptFrom({ "aws_sqs_queue.this": "aws_sqs_queue.jobs" });
    queue.importFrom({ "aws_sqs_queue.this": url });
    expect(() => synthesized(to)).toThrow(
      `"aws_sqs_queue.this" is taken over from "aws_sqs_queue.jobs" and from the ID "${url}"; give it one origin.`,
    );
  });
});

describe("adoptFrom of a task definition", () => {
  const lifecycle = { destroy: false };
  const twinAddress = "aws_ecs_task_definition.this";
  test("forgets that of another layout, for a move can end in a cycle", () => {
    const to = stack();
    task(to, "auth").adoptFrom({ [twinAddress]: 'aws_ecs_task_definition.all["auth"]' });
    task(to, "pdf").adoptFrom({ [twinAddress]: 'aws_ecs_task_definition.all["pdf"]' });
    task(to, "fa").adoptFrom({ [twinAddress]: 'module.fa["x"].aws_ecs_task_definition.fa' });
    const { moved, removed } = synthesized(to);
    expect(removed).toEqual([
      { from: "aws_ecs_task_definition.all", lifecycle },
      { from: "module.fa.aws_ecs_task_definition.fa", lifecycle },
    ]);
    expect(moved).toBeUndefined();
  });

  test("forgets it once when its module is forgotten", () => {
    const to = stack();
    const auth = task(to, "auth");
    auth.adoptFrom({ [twinAddress]: "module.old.aws_ecs_task_definition.auth" });
    auth.forget(["module.old"]);
    expect(synthesized(to).removed).toEqual([{ from: "module.old", lifecycle }]);
  });

  test("moves that of the module, whose state has recorded create_before_destroy", () => {
    const to = stack();
    task(to, "auth").adoptFrom("module.auth");
    const { moved, removed } = synthesized(to);
    expect(moved).toContainEqual({
      from: "module.auth.aws_ecs_task_definition.this",
      to: expect.stringMatching(/^aws_ecs_task_definition\.auth_/),
    });
    expect(removed).toBeUndefined();
  });
});

describe("forget", () => {
  const lifecycle = { destroy: false };

  test("writes a removed block for each address of all constructs, without destroying", () => {
    const to = stack();
    new Queue(to, "a", { name: "a" }).forget(["aws_sqs_queue.jobs", "module.old"]);
    new Queue(to, "b", { name: "b" }).forget(["module.older.aws_vpc.this"]);
    expect(synthesized(to).removed).toEqual([
      { from: "aws_sqs_queue.jobs", lifecycle },
      { from: "module.old", lifecycle },
      { from: "module.older.aws_vpc.this", lifecycle },
    ]);
  });

  test("a module may be forgotten of which resources are adopted", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.adoptFrom({ "aws_sqs_queue.this": "module.old.aws_sqs_queue.jobs" });
    queue.forget(["module.old"]);
    expect(synthesized(to).removed).toEqual([{ from: "module.old", lifecycle }]);
  });

  test.each([
    [["jobs"], 'forget names "jobs"; it takes the address of a resource or of a module in the state'],
    [["aws_sqs_queue.jobs[0]"], 'Terraform forgets all instances at once, so give "aws_sqs_queue.jobs".'],
    [['module.a["b"].aws_sqs_queue.jobs'], 'so give "module.a.aws_sqs_queue.jobs".'],
    [["module.a", "module.a"], 'forget names "module.a" twice; give it once.'],
  ])("refuses %j", (addresses, message) => {
    expect(() => new Queue(stack(), "jobs", { name: "jobs" }).forget(addresses)).toThrow(message);
  });

  test("refuses an address that is adopted", () => {
    const to = stack();
    const queue = new Queue(to, "jobs", { name: "jobs" });
    queue.adoptFrom({ "aws_sqs_queue.this": "aws_sqs_queue.jobs" });
    queue.forget(["aws_sqs_queue.jobs"]);
    expect(() => synthesized(to)).toThrow(
      'forget names "aws_sqs_queue.jobs", which adoptFrom moves to "aws_sqs_queue.this" of test/jobs; do one of them.',
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
