import { evaluate, type RolePolicies, rolePolicies } from "../permissions";
import type { Form } from "./form";

type Request = [what: string, action: string, resource: string, context: Record<string, string | string[]>];

const cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/engines";
const task = "arn:aws:ecs:us-east-1:123456789012:task/engines/0123456789abcdef0123456789abcdef";
const elsewhere = "arn:aws:ecs:us-east-1:123456789012:task/engines-2/0123456789abcdef0123456789abcdef";
const queue = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const family = (service: string) => `arn:aws:ecs:us-east-1:123456789012:task-definition/engines-${service}:7`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** What the deployed roles of the two functions allow and what they do not. */
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
      ["run a task of its routes on its cluster", "ecs:RunTask", family("auth"), { "ecs:cluster": cluster }],
      ["pass the task role to ECS", "iam:PassRole", role("engines-auth-task"), passed],
      ["pass the execution role to ECS", "iam:PassRole", role("engines-report-execution"), passed],
      ["tag a task while starting it", "ecs:TagResource", task, { "ecs:CreateAction": "RunTask" }],
      ["describe a task", "ecs:DescribeTasks", task, { "ecs:cluster": cluster }],
      ["send to its DLQ", "sqs:SendMessage", queue("engines-dead-letter"), {}],
    ])("allows to %s", async (_what, ...request) => {
      expect(await answer(...request)).toBe("Allowed");
    });

    test("allows to put a payload", async () => {
      const object = `arn:aws:s3:::${form().layout.payload_bucket_name}/payloads/ab.json`;
      expect(await answer("s3:PutObject", object)).toBe("Allowed");
    });

    test.each<Request>([
      ["run another family", "ecs:RunTask", family("billing"), { "ecs:cluster": cluster }],
      ["run its task on another cluster", "ecs:RunTask", family("auth"), { "ecs:cluster": `${cluster}-2` }],
      ["run a task on any cluster", "ecs:RunTask", family("auth"), {}],
      ["pass a third role", "iam:PassRole", role("admin"), passed],
      [
        "pass a role to another service",
        "iam:PassRole",
        role("engines-auth-task"),
        { "iam:PassedToService": "lambda.amazonaws.com" },
      ],
      ["tag an existing task", "ecs:TagResource", task, {}],
      ["stop a task", "ecs:StopTask", task, { "ecs:cluster": cluster }],
      ["receive from its DLQ", "sqs:ReceiveMessage", queue("engines-dead-letter"), {}],
    ])("does not allow to %s", async (_what, ...request) => {
      expect(await answer(...request)).not.toBe("Allowed");
    });

    test("does not allow to register a target when the launcher does not wait", async () => {
      const group = form().layout.routes.users!.target_group_arn!;
      expect(await answer("elasticloadbalancing:RegisterTargets", group)).not.toBe("Allowed");
    });
  });

  describe("the role of register-targets", () => {
    const answer = deployed(() => form().layout.registrar_function_name);
    const recheck = queue("engines-register-targets-recheck");
    const dlq = queue("engines-register-targets-dead-letter");
    const stoppingTag = { "aws:TagKeys": ["event-driven-ecs:stopping"] };

    test.each<Request>([
      ["list the tasks of its cluster", "ecs:ListTasks", "*", { "ecs:cluster": cluster }],
      ["describe a task", "ecs:DescribeTasks", task, { "ecs:cluster": cluster }],
      ["stop a task", "ecs:StopTask", task, { "ecs:cluster": cluster }],
      ["tag a task as stopping", "ecs:TagResource", task, stoppingTag],
      ["describe target health", "elasticloadbalancing:DescribeTargetHealth", "*", {}],
      ["send to its recheck queue", "sqs:SendMessage", recheck, {}],
      ["receive from its recheck queue", "sqs:ReceiveMessage", recheck, {}],
      ["delete from its recheck queue", "sqs:DeleteMessage", recheck, {}],
      ["send to its DLQ", "sqs:SendMessage", dlq, {}],
    ])("allows to %s", async (_what, ...request) => {
      expect(await answer(...request)).toBe("Allowed");
    });

    test.each(["users", "fa"])("allows to register and deregister targets of %s", async (service) => {
      const group = form().layout.routes[service]!.target_group_arn!;
      expect(await answer("elasticloadbalancing:RegisterTargets", group)).toBe("Allowed");
      expect(await answer("elasticloadbalancing:DeregisterTargets", group)).toBe("Allowed");
    });

    test.each<Request>([
      ["list the tasks of another cluster", "ecs:ListTasks", "*", { "ecs:cluster": `${cluster}-2` }],
      ["stop a task of another cluster", "ecs:StopTask", elsewhere, { "ecs:cluster": `${cluster}-2` }],
      [
        "add other tags to a task",
        "ecs:TagResource",
        task,
        { "aws:TagKeys": ["event-driven-ecs:stopping", "owner"] },
      ],
      ["run a task", "ecs:RunTask", family("users"), { "ecs:cluster": cluster }],
      ["pass a role", "iam:PassRole", role("engines-users-task"), {}],
      [
        "register targets of another group",
        "elasticloadbalancing:RegisterTargets",
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/0123456789abcdef",
        {},
      ],
      ["receive from its DLQ", "sqs:ReceiveMessage", dlq, {}],
      ["send to the DLQ of start-task", "sqs:SendMessage", queue("engines-dead-letter"), {}],
    ])("does not allow to %s", async (_what, ...request) => {
      expect(await answer(...request)).not.toBe("Allowed");
    });
  });
}
