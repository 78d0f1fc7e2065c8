import { Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { typed } from "../../src/core/typed";
import { EventRule } from "../../src/event-rule";
import { Task } from "../../src/task";
import { only, synthesize } from "./synth";

const task = {
  name: "auth",
  clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  image: "busybox",
};

test.each([
  [{ subnetIds: "subnet-1" }, 'subnetIds is "subnet-1"; it takes a list of strings.'],
  [{ subnetIds: { a: "subnet-1" } }, 'subnetIds is {"a":"subnet-1"}; it takes a list of strings.'],
  [{ subnetIds: [1] }, "subnetIds[0] is 1; it takes a string."],
  [{ name: 5 }, "name is 5; it takes a string."],
  [{ name: undefined }, "name is missing; it takes a string."],
  [{ name: null }, "name is missing; it takes a string."],
  [{ cpu: "256" }, 'cpu is "256"; it takes a number.'],
  [{ assignPublicIp: "yes" }, 'assignPublicIp is "yes"; it takes true or false, not a token.'],
  [{ environment: ["A=1"] }, 'environment is ["A=1"]; it takes a map of strings.'],
  [{ environment: { A: 1 } }, "environment.A is 1; it takes a string."],
  [
    { egress: { db: { port: "5432", cidrIpv4: "10.0.0.0/8" } } },
    'egress.db.port is "5432"; it takes a number.',
  ],
  [{ onFailure: "retry" }, 'onFailure is "retry"; it takes an object with '],
  [{ stop_timeout_seconds: 60 }, "stop_timeout_seconds is not known; the prop is stopTimeoutSeconds."],
  [{ onFailure: { maxattempts: 2 } }, "onFailure.maxattempts is not known; the prop is maxAttempts."],
])("refuses %j", (props, message) => {
  const made = () => synthesize((stack) => new Task(stack, "auth", { ...task, ...props } as never));
  expect(made).toThrow(expect.objectContaining({ name: "ValidationError" }));
  expect(made).toThrow(message);
});

test("refuses a source and a pattern that are text", () => {
  const rule = (props: object) => () =>
    synthesize((stack) => {
      new EventRule(stack, "rule", { name: "r", functionArn: "a", functionName: "f", ...props });
    });
  expect(rule({ eventSource: "aws.s3" })).toThrow('eventSource is "aws.s3"; it takes a list of strings.');
  expect(rule({ detail: '{"a":["b"]}' })).toThrow("give the pattern as an object, not as text.");
});

test("takes null as absent", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const props = { ...task, environment: null, cpu: null };
  expect(typed(stack, "task", props)).not.toHaveProperty("environment");
});

test("takes the results of functions for lists, maps, strings and numbers", () => {
  const resources = synthesize((stack) => {
    const variable = new TerraformVariable(stack, "given", { type: "any" });
    new Task(stack, "auth", {
      ...task,
      subnetIds: Fn.tolist(variable.value),
      command: Fn.split(" ", variable.stringValue),
      environment: Fn.zipmap(["A"], [variable.value]),
      image: Fn.join(":", ["nginx", variable.stringValue]),
      memory: Fn.max([512, variable.numberValue]),
    } as never);
  });
  const { container_definitions, memory } = only(resources, "aws_ecs_task_definition");
  expect(container_definitions).toContain('split(" ", var.given)');
  expect(container_definitions).toContain('zipmap(["A"]');
  expect(memory).toBe("${max(512, var.given)}");
});
