import { AwsError } from "../../local/aws-error";
import { AgentEndpoint, agentPath } from "../../local/ecs/agent-endpoint";
import type { Task } from "../../local/ecs/task";
import { TaskProtection } from "../../local/ecs/task-protection";
import { httpRequest } from "../../local/http";
import { NO_ROLES } from "../../local/iam/authorization";
import { serviceWorld } from "./ecs-service-world";

test("task protection is for tasks of ECS services, with minutes that AWS takes", async () => {
  const world = await serviceWorld();
  await world.createService();
  await world.run();
  await world.advance(0.05);
  const [ofService, alone] = world.tasks().sort((a) => (a.launch.input.group ? -1 : 1)) as [Task, Task];
  const answer = await world.protect([ofService, alone]);
  const expirationDate = world.clock.now().getTime() / 1000 + 120 * 60;
  expect(answer.protectedTasks).toEqual([
    { taskArn: ofService.arn, protectionEnabled: true, expirationDate },
  ]);
  expect(answer.failures).toMatchObject([{ arn: alone.arn, reason: "TASK_NOT_VALID" }]);
  for (const minutes of [0, 2881, 1.5]) {
    await expect(world.protect([ofService], true, minutes)).rejects.toThrow(
      `expiresInMinutes is ${minutes}; it must be a whole number from 1 to 2880.`,
    );
  }
  await world.protect([ofService], true, 1);
  const get = () => world.ask("ecs", "GetTaskProtection", { cluster: "engines", tasks: [ofService.arn] });
  expect(await get()).toMatchObject({ protectedTasks: [{ protectionEnabled: true }] });
  await world.advance(1);
  expect(await get()).toMatchObject({ protectedTasks: [{ protectionEnabled: false }] });
});

describe("the agent's endpoint for task protection", () => {
  const protectedTask = async (taskRoleArn?: string) => {
    const world = await serviceWorld();
    await world.ask("ecs", "RegisterTaskDefinition", {
      family: "auth",
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      taskRoleArn,
      containerDefinitions: [{ name: "app", image: "auth:1" }],
    });
    await world.createService();
    await world.advance(0.05);
    const task = world.tasks()[0] as Task;
    const agent = async (method: string, body?: object) => {
      const path = `/_local/ecs-agent/${task.id}/task-protection/v1/state`;
      const request = { method, path, headers: {}, body: body && JSON.stringify(body) };
      const { response } = await world.handler.handle(request);
      return { status: response.statusCode, ...(JSON.parse(String(response.body)) as object) };
    };
    return { agent, task, world };
  };

  test("sets and reads the protection", async () => {
    const { agent, task, world } = await protectedTask("arn:aws:iam::123456789012:role/worker");
    const ExpirationDate = new Date(world.clock.now().getTime() + 60 * 60_000).toISOString();
    const protection = { ExpirationDate, ProtectionEnabled: true, TaskArn: task.arn };
    const put = await agent("PUT", { ProtectionEnabled: true, ExpiresInMinutes: 60 });
    expect(put).toEqual({ status: 200, protection });
    expect(await agent("GET")).toEqual({ status: 200, protection });
    expect(await agent("PUT", { ProtectionEnabled: false })).toEqual({
      status: 200,
      protection: { ProtectionEnabled: false, TaskArn: task.arn },
    });
  });

  test("answers with the error of ECS", async () => {
    const { agent, task } = await protectedTask("arn:aws:iam::123456789012:role/worker");
    expect(await agent("PUT", { ProtectionEnabled: true, ExpiresInMinutes: 0 })).toMatchObject({
      status: 400,
      error: { Arn: task.arn, Code: "InvalidParameterException" },
    });
  });

  test("counts as a call of ECS, and a fault makes it fail", async () => {
    const { agent, world } = await protectedTask("arn:aws:iam::123456789012:role/worker");
    world.faults.set([{ service: "ecs", action: "UpdateTaskProtection", fault: "throttle", times: 1 }]);
    expect(await agent("PUT", { ProtectionEnabled: true })).toMatchObject({
      status: 400,
      error: { Code: "ThrottlingException" },
    });
    expect(await agent("PUT", { ProtectionEnabled: true })).toMatchObject({ status: 200 });
    expect(world.ecsCalls().UpdateTaskProtection).toEqual({ calls: 1, throttled: 0 });
  });

  test("answers with a failure when the task is being stopped", async () => {
    const { agent, task } = await protectedTask("arn:aws:iam::123456789012:role/worker");
    task.stop("UserInitiated");
    expect(await agent("PUT", { ProtectionEnabled: true })).toMatchObject({
      failure: { Arn: task.arn, Reason: "TASK_NOT_VALID" },
    });
  });

  test("is refused without the permission of the task role", async () => {
    const { task, world } = await protectedTask("arn:aws:iam::123456789012:role/worker");
    const asked: unknown[] = [];
    const agent = new AgentEndpoint(
      { countCall: () => {}, protection: new TaskProtection(world.clock, () => {}), taskById: () => task },
      {
        ...NO_ROLES,
        requirePermission: async (session, permission) => {
          asked.push(session, permission);
          throw new AwsError("AccessDeniedException", "no");
        },
      },
      world.faults,
    );
    const url = `${agentPath(task.arn)}/task-protection/v1/state`;
    const request = httpRequest("PUT", url, {}, JSON.stringify({ ProtectionEnabled: true }));
    const response = await agent.serve(request);
    expect(response?.status).toBe(400);
    expect(JSON.parse(String(response?.body))).toMatchObject({
      error: { Arn: task.arn, Code: "AccessDeniedException", Message: "no" },
    });
    expect(task.protectedUntil).toBeUndefined();
    expect(asked).toEqual([
      { roleArn: "arn:aws:iam::123456789012:role/worker", name: task.id, region: "eu-west-1" },
      {
        action: "ecs:UpdateTaskProtection",
        resource: task.arn,
        context: { "ecs:cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/engines" },
      },
    ]);
  });

  test("needs a task role", async () => {
    const { agent } = await protectedTask();
    expect(await agent("GET")).toMatchObject({ status: 403, error: { Code: "AccessDeniedException" } });
  });
});
