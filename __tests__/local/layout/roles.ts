import { evaluate, type RolePolicies, rolePolicies } from "../permissions";
import type { Form } from "./form";

type Request = [what: string, action: string, resource: string, context: Record<string, string | string[]>];

const cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/engines";
const task = "arn:aws:ecs:us-east-1:123456789012:task/engines/0123456789abcdef0123456789abcdef";
const elsewhere = "arn:aws:ecs:us-east-1:123456789012:task/engines-2/0123456789abcdef0123456789abcdef";
const queue = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const family = (service: string) => `arn:aws:ecs:us-east-1:123456789012:task-definition/engines-${service}:7`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** What the roles of the two functions may do as they are deployed, and what not. */
export function roles(form: () => Form): void {
  const deployed = (functionName: () => string) => {
    let policies: Promise<RolePolicies> | undefined;
    return async (action: string, resource: string, context: Request[3] = {}) => {
      policies ??= rolePolicies(form().folder, form().localAws.environment, functionName());
      return evaluate(await policies, action, resource, context);
    };
  };

  describe("the role of start-task", () => {
    const answer = deployed(() => form().layout.function_name);
    const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

    test.each<Request>([
      ["runs a task of its routes on its cluster", "ecs:RunTask", family("auth"), { "ecs:cluster": cluster }],
      ["passes the task role to ECS", "iam:PassRole", role("engines-auth-task"), passed],
      ["passes the execution role to ECS", "iam:PassRole", role("engines-report-execution"), passed],
      ["tags a task while starting it", "ecs:TagResource", task, { "ecs:CreateAction": "RunTask" }],
      ["sees why a task failed to start", "ecs:DescribeTasks", task, { "ecs:cluster": cluster }],
      ["writes a dead letter", "sqs:SendMessage", queue("engines-dead-letter"), {}],
    ])("%s", async (_what, ...request) => {
      expect(await answer(...request)).toBe("Allowed");
    });

    test("puts a payload", async () => {
      const object = `arn:aws:s3:::${form().layout.payload_bucket_name}/payloads/ab.json`;
      expect(await answer("s3:PutObject", object)).toBe("Allowed");
    });

    test.each<Request>([
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
      ["tag a task that exists", "ecs:TagResource", task, {}],
      ["stop a task", "ecs:StopTask", task, { "ecs:cluster": cluster }],
      ["read its own dead letters", "sqs:ReceiveMessage", queue("engines-dead-letter"), {}],
    ])("may not %s", async (_what, ...request) => {
      expect(await answer(...request)).not.toBe("Allowed");
    });

    test("may not register a target: it does not wait", async () => {
      const group = form().layout.routes.users!.target_group_arn!;
      expect(await answer("elasticloadbalancing:RegisterTargets", group)).not.toBe("Allowed");
    });
  });

  describe("the role of register-targets", () => {
    const answer = deployed(() => form().layout.registrar_function_name);
    const recheck = queue("engines-register-targets-recheck");
    const deadLetters = queue("engines-register-targets-dead-letter");
    const stoppingTag = { "aws:TagKeys": ["stopping"] };

    test.each<Request>([
      ["lists the tasks of its cluster", "ecs:ListTasks", "*", { "ecs:cluster": cluster }],
      ["describes a task", "ecs:DescribeTasks", task, { "ecs:cluster": cluster }],
      ["stops a task", "ecs:StopTask", task, { "ecs:cluster": cluster }],
      ["marks a task as to be stopped", "ecs:TagResource", task, stoppingTag],
      ["sees health", "elasticloadbalancing:DescribeTargetHealth", "*", {}],
      ["reminds itself", "sqs:SendMessage", recheck, {}],
      ["is reminded", "sqs:ReceiveMessage", recheck, {}],
      ["forgets what it was reminded of", "sqs:DeleteMessage", recheck, {}],
      ["writes a dead letter", "sqs:SendMessage", deadLetters, {}],
    ])("%s", async (_what, ...request) => {
      expect(await answer(...request)).toBe("Allowed");
    });

    test.each(["users", "fa"])("registers and deregisters targets of %s", async (service) => {
      const group = form().layout.routes[service]!.target_group_arn!;
      expect(await answer("elasticloadbalancing:RegisterTargets", group)).toBe("Allowed");
      expect(await answer("elasticloadbalancing:DeregisterTargets", group)).toBe("Allowed");
    });

    test.each<Request>([
      ["list the tasks of another cluster", "ecs:ListTasks", "*", { "ecs:cluster": `${cluster}-2` }],
      ["stop a task of another cluster", "ecs:StopTask", elsewhere, { "ecs:cluster": `${cluster}-2` }],
      ["tag a task with anything else", "ecs:TagResource", task, { "aws:TagKeys": ["stopping", "owner"] }],
      ["run a task", "ecs:RunTask", family("users"), { "ecs:cluster": cluster }],
      ["pass a role", "iam:PassRole", role("engines-users-task"), {}],
      [
        "register targets of another group",
        "elasticloadbalancing:RegisterTargets",
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/0123456789abcdef",
        {},
      ],
      ["read its own dead letters", "sqs:ReceiveMessage", deadLetters, {}],
      ["write the dead letters of start-task", "sqs:SendMessage", queue("engines-dead-letter"), {}],
    ])("may not %s", async (_what, ...request) => {
      expect(await answer(...request)).not.toBe("Allowed");
    });
  });
}
