import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { Aws } from "../../scripts/demo/aws";
import type { Layout } from "../../scripts/demo/layout";
import { startTestAws } from "../support/local-aws";
import { emptyRoot, plan, terraform } from "../support/terraform";
import { apply, constructRoot, hclRoot, image } from "./layout";
import { evaluate, type RolePolicies, rolePolicies } from "./rights";

/**
 * The unified layout, applied by the real provider from either form into an emulated account of its own; then events
 * in, tasks out.
 */
interface Form {
  folder: string;
  localAws: LocalAws;
  layout: Layout;
  aws: Aws;
  policies: RolePolicies;
}

const roots = { module: hclRoot, construct: constructRoot };
type FormName = keyof typeof roots;
const forms = {} as Record<FormName, Form>;

beforeAll(async () => {
  const worker = `${emptyRoot("layout-worker")}/worker.js`;
  await bundleWorker("worker/main.ts", worker);
  // The provider mostly waits, so the two are applied side by side.
  await Promise.all(
    (Object.keys(roots) as FormName[]).map(async (name) => {
      const localAws = await startTestAws({ images: { [image]: `"${process.execPath}" "${worker}"` } });
      const form = { localAws, folder: roots[name]() } as Form;
      forms[name] = form;
      form.layout = await apply(form.folder, localAws);
      form.aws = new Aws(form.layout, localAws.environment);
      form.policies = await rolePolicies(form.folder, localAws.environment, form.layout.function_name);
    }),
  );
}, 400_000);

afterAll(() => Promise.all(Object.values(forms).map(({ localAws }) => localAws.stop())));

async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (tries > 100) throw new Error(`It did not come to pass; last seen:\n${[answer].flat().join("\n")}`);
    await sleep(200);
  }
}

const reasonOf = (letter: string): string => JSON.parse(letter).responsePayload.errorMessage;

describe.each(Object.keys(roots) as FormName[])("applied from the %s", (name) => {
  const form = () => forms[name];
  const tasksOf = async (eventId: string) =>
    (await form().aws.tasks()).filter((task) => task.startedBy === eventId);
  const theTaskOf = async (eventId: string) => {
    const tasks = await until(
      () => tasksOf(eventId),
      (found) => found.length > 0 && found.every((task) => task.lastStatus === "STOPPED"),
    );
    expect(tasks).toHaveLength(1);
    return tasks[0]!;
  };
  const reasons = async () => (await form().aws.deadLetters()).map(reasonOf);

  test("an event starts one task of its service, which gets the event and exits", async () => {
    const event = await form().aws.put({ service: "auth", user: "ada" });
    const task = await theTaskOf(event.id);
    expect(task.group).toBe("route:auth");
    expect(task.containers?.[0]?.exitCode).toBe(0);
    expect((await form().aws.outputOf(task)).join("\n")).toContain(event.id);
  }, 60_000);

  test("the same event once more, five times at once: no second task", async () => {
    const event = await form().aws.put({ service: "auth" });
    await theTaskOf(event.id);
    await Promise.all(Array.from({ length: 5 }, () => form().aws.deliver(event)));
    await until(
      async () =>
        (await form().aws.functionLog()).filter(
          (line) => line.includes(event.id) && line.includes("event has its task already"),
        ),
      (lines) => lines.length === 5,
    );
    expect(await tasksOf(event.id)).toHaveLength(1);
  }, 60_000);

  test("an event over the limit of RunTask reaches its task by way of the bucket", async () => {
    const event = await form().aws.put({ service: "auth", blob: "x".repeat(200_000) });
    const task = await theTaskOf(event.id);
    expect(task.containers?.[0]?.exitCode).toBe(0);
    const output = (await form().aws.outputOf(task)).join("\n");
    expect(
      JSON.parse(output.split("\n").find((line) => line.includes("event received"))!).bytes,
    ).toBeGreaterThan(200_000);
  }, 60_000);

  test("a rule that names its service starts it, whatever the event says", async () => {
    const event = await form().aws.put(
      { order: 7, service: { not: "ours" } },
      { source: "custom.shop", detailType: "Order Placed" },
    );
    expect((await theTaskOf(event.id)).group).toBe("route:report");
  }, 60_000);

  test("an event that no rule matches starts nothing", async () => {
    const event = await form().aws.put(
      { service: "auth" },
      { source: "custom.app", detailType: "Something Else" },
    );
    await theTaskOf((await form().aws.put({ service: "auth" })).id);
    expect(await tasksOf(event.id)).toEqual([]);
  }, 60_000);

  test("a malformed event, an unknown service, an override not allowed: dead letters with the reason", async () => {
    await form().aws.put({ servce: "auth" });
    await form().aws.put({ service: "billing" });
    await form().aws.put({ service: "auth", command: ["sh"] });
    const found = await until(reasons, (all) => all.length >= 3);
    expect(found.sort()).toEqual([
      expect.stringContaining("detail.command"),
      expect.stringContaining("detail.service"),
      expect.stringContaining('"billing" is unknown; known services: auth, missing, report'),
    ]);
  }, 60_000);

  test("an image that cannot be pulled: the task says so", async () => {
    const event = await form().aws.put({ service: "missing" });
    const task = await theTaskOf(event.id);
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.stoppedReason).toContain("CannotPullContainerError");
  }, 60_000);

  describe("the role of the function", () => {
    const cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/engines";
    const family = (service: string) =>
      `arn:aws:ecs:us-east-1:123456789012:task-definition/engines-${service}:7`;
    const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

    test.each<[string, string, string, Record<string, string>]>([
      ["runs a task of its routes on its cluster", "ecs:RunTask", family("auth"), { "ecs:cluster": cluster }],
      ["passes the task role to ECS", "iam:PassRole", role("engines-auth-task"), passed],
      ["passes the execution role to ECS", "iam:PassRole", role("engines-report-execution"), passed],
      [
        "tags a task while starting it",
        "ecs:TagResource",
        "arn:aws:ecs:us-east-1:123456789012:task/engines/0123456789abcdef0123456789abcdef",
        { "ecs:CreateAction": "RunTask" },
      ],
      [
        "writes a dead letter",
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:123456789012:engines-dead-letter",
        {},
      ],
    ])("%s", async (_what, action, resource, context) => {
      expect(await evaluate(form().policies, action, resource, context)).toBe("Allowed");
    });

    test("puts a payload", async () => {
      expect(
        await evaluate(
          form().policies,
          "s3:PutObject",
          `${form().policies.payloadBucketArn}/payloads/ab.json`,
          {},
        ),
      ).toBe("Allowed");
    });

    test.each<[string, string, string, Record<string, string>]>([
      ["run another family", "ecs:RunTask", family("billing"), { "ecs:cluster": cluster }],
      ["run its task on another cluster", "ecs:RunTask", family("auth"), { "ecs:cluster": `${cluster}-2` }],
      ["run a task without saying where", "ecs:RunTask", family("auth"), {}],
      ["pass a third role", "iam:PassRole", role("admin"), passed],
      [
        "pass a role to another service",
        "iam:PassRole",
        role("engines-auth-task"),
        { "iam:PassedToService": "lambda.amazonaws.com" },
      ],
      [
        "tag a task that exists",
        "ecs:TagResource",
        "arn:aws:ecs:us-east-1:123456789012:task/engines/0123456789abcdef0123456789abcdef",
        {},
      ],
      [
        "stop a task",
        "ecs:StopTask",
        "arn:aws:ecs:us-east-1:123456789012:task/engines/0123456789abcdef0123456789abcdef",
        { "ecs:cluster": cluster },
      ],
      [
        "read its own dead letters",
        "sqs:ReceiveMessage",
        "arn:aws:sqs:us-east-1:123456789012:engines-dead-letter",
        {},
      ],
    ])("may not %s", async (_what, action, resource, context) => {
      expect(await evaluate(form().policies, action, resource, context)).not.toBe("Allowed");
    });
  });

  test("a new image changes the task definitions that have it, and no right", async () => {
    const [file] = readdirSync(form().folder).filter((name) => name.endsWith(".tf.json"));
    const path = join(form().folder, file!);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before.replaceAll(image, `${image}.1`));
    const changes = (await plan(form().folder, form().localAws.environment)).filter(
      ({ change }) => change.actions.join() !== "no-op",
    );
    writeFileSync(path, before);
    expect(changes.map(({ type, change }) => [type, change.actions.join()])).toEqual([
      ["aws_ecs_task_definition", "create,delete"],
      ["aws_ecs_task_definition", "create,delete"],
    ]);
  }, 60_000);

  test("a second plan has nothing to change, and destroy leaves nothing", async () => {
    await terraform(
      form().folder,
      ["plan", "-detailed-exitcode", "-input=false", "-no-color"],
      form().localAws.environment,
    );
    await terraform(
      form().folder,
      ["destroy", "-auto-approve", "-input=false", "-no-color"],
      form().localAws.environment,
    );
    expect((await terraform(form().folder, ["state", "list"], form().localAws.environment)).trim()).toBe("");
  }, 300_000);
});
