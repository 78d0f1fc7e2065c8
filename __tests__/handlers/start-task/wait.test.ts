import { StopTaskCommand } from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { InProcessOptions } from "../../../local/create-local-aws";
import type { Fault } from "../../../local/faults";
import { addCapacityProvider } from "../../../testing/add-capacity-provider";
import { createWorld, type DlqMessage, type ExtraSettings, route, startEvent, type World } from "./world";

const seconds = 1_000;
const timings = { provisioning: 20 * seconds, pending: 10 * seconds, activating: 0 };
const forever = () => ({});

/** A function that waits, and a service whose tasks are targets. */
const createWaiting = async (
  options: InProcessOptions & { serves?: boolean; capacity?: string } = {},
  waits: ExtraSettings = {},
): Promise<World & { group: string; targets: () => Promise<(string | undefined)[]> }> => {
  const { serves = true, capacity = "FARGATE", ...local } = options;
  const routes = { auth: route("auth-api", { port: 8080, capacity }) };
  const world = await createWorld(
    routes,
    { taskTimings: timings, containers: forever, ...local },
    { TASK_WAIT_TIMEOUT: 300, ...waits },
  );
  const { TargetGroups = [] } = await world.elb.send(
    new CreateTargetGroupCommand({
      Name: "auth",
      Protocol: "HTTP",
      Port: 8080,
      VpcId: "vpc-1",
      TargetType: "ip",
      HealthCheckIntervalSeconds: 10,
    }),
  );
  const group = TargetGroups[0]?.TargetGroupArn ?? "";
  if (serves) Object.assign(routes.auth, { targetGroup: group, targetType: "ip" });
  return {
    ...world,
    group,
    targets: async () => {
      const { TargetHealthDescriptions = [] } = await world.elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: group }),
      );
      return TargetHealthDescriptions.map(({ Target }) => `${Target?.Id}:${Target?.Port}`);
    },
  };
};

const start = (world: World, event: unknown = startEvent("auth"), timeoutMs?: number) =>
  world.settled(world.invoke(event, "request-1", timeoutMs));

const failure = async (world: World, event?: unknown, timeoutMs?: number): Promise<Error> => {
  const thrown = await start(world, event, timeoutMs).catch((error: unknown) => error);
  if (!(thrown instanceof Error)) throw new Error(`nothing was thrown: ${JSON.stringify(thrown)}`);
  return thrown;
};

describe("a function that waits", () => {
  test("answers when the task runs and is registered", async () => {
    const world = await createWaiting();
    const answer = await start(world);
    const [task] = world.tasks();
    expect(answer).toEqual({
      statusCode: 200,
      body: {
        taskArn: task?.arn,
        taskId: task?.id,
        privateIp: task?.launch.network?.privateIp,
        port: 8080,
        targetGroupArn: world.group,
        healthStatus: "initial",
      },
    });
    expect(await world.targets()).toEqual([`${task?.launch.network?.privateIp}:8080`]);
  });

  test("answers without a target when there is no target group, even if the task has stopped", async () => {
    const world = await createWaiting({ serves: false, containers: () => ({ durationMs: 100 }) });
    expect(await start(world)).toMatchObject({
      statusCode: 200,
      body: {
        privateIp: expect.stringMatching(/^10\./),
        port: 8080,
        targetGroupArn: null,
        healthStatus: null,
      },
    });
    expect(await world.targets()).toEqual([]);
  });

  test("describes the task after 8 s, then every 2 to 10 s", async () => {
    const world = await createWaiting({ taskTimings: { ...timings, provisioning: 100 * seconds } });
    await start(world);
    const began = Date.parse("2026-01-01T00:00:00Z");
    expect((world.clock.now().getTime() - began) / seconds).toBeGreaterThan(110);
    expect((world.clock.now().getTime() - began) / seconds).toBeLessThan(121);
  });

  test("gives the same answer when one event is sent twice", async () => {
    const world = await createWaiting();
    const first = await start(world);
    const before = world.clock.now().getTime();
    expect(await start(world)).toEqual(first);
    // The second answer needs no waiting.
    expect(world.clock.now().getTime() - before).toBeLessThan(2 * seconds);
    expect(world.tasks()).toHaveLength(1);
    expect(await world.targets()).toHaveLength(1);
  });

  test("keeps waiting while ECS does not show the task yet, and throws after a minute", async () => {
    const world = await createWaiting();
    const missing: Fault = { service: "ecs", action: "DescribeTasks", fault: "missing" };
    world.faults.set([{ ...missing, times: 5 }]);
    expect(await start(world)).toMatchObject({ statusCode: 200 });

    world.faults.set([missing]);
    expect(await failure(world, startEvent("auth", "another"))).toMatchObject({ name: "TaskMissing" });
  });

  test("keeps waiting when DescribeTasks fails with a transient error", async () => {
    const world = await createWaiting();
    world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "throttle", times: 12 }]);
    expect(await start(world)).toMatchObject({ statusCode: 200 });
  });

  test("throws at once when it may not call DescribeTasks", async () => {
    const world = await createWaiting();
    world.faults.set([
      { service: "ecs", action: "DescribeTasks", fault: "error", code: "AccessDeniedException" },
    ]);
    expect(await failure(world)).toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("throws errors by name, and sends nothing to the DLQ:", () => {
  test.each<[string, unknown, string]>([
    ["an unknown service", startEvent("nobody"), "UnknownService"],
    ["a malformed event", { detail: 7 }, "MalformedEvent"],
    ["an override", startEvent("auth", "1", { cpu: "512" }), "OverrideNotAllowed"],
  ])("%s", async (_what, event, name) => {
    const world = await createWaiting();
    expect(await failure(world, event)).toMatchObject({ name });
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("no capacity", async () => {
    const world = await createWaiting();
    world.faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity" }]);
    expect(await failure(world)).toMatchObject({ name: "CapacityUnavailable" });
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("a missing image", async () => {
    const world = await createWaiting({
      containers: () => ({ failsToStart: "CannotPullContainerError: not found" }),
    });
    expect(await failure(world)).toMatchObject({
      name: "TaskFailedToStart",
      message: expect.stringMatching(/CannotPullContainerError: not found \(attempt 1\)$/),
    });
    expect(world.tasks()).toHaveLength(1);
  });

  test("a task that stops before its target is registered", async () => {
    const world = await createWaiting({ containers: () => ({ durationMs: 100 }) });
    expect(await failure(world)).toMatchObject({ name: "TaskStopped" });
    expect(await world.targets()).toEqual([]);
  });
});

describe("at the deadline", () => {
  test.each([
    ["its own limit", { TASK_WAIT_TIMEOUT: 15 }, undefined],
    ["ten seconds before Lambda's", { TASK_WAIT_TIMEOUT: 300 }, 25 * seconds],
  ])("%s: throws and leaves the task to the registrar", async (_name, waits, timeoutMs) => {
    const world = await createWaiting({}, waits);
    const before = world.clock.now().getTime();
    expect(await failure(world, startEvent("auth"), timeoutMs)).toMatchObject({
      name: "TaskWaitTimeout",
      message: expect.stringMatching(/is PROVISIONING after 15 s; the registrar registers it when it runs$/),
    });
    expect(world.clock.now().getTime() - before).toBeLessThanOrEqual(16 * seconds);
    expect(world.tasks()).toMatchObject([{ desiredStatus: "RUNNING" }]);
  });

  test("answers that the task waits for an instance, and with its address at a retry", async () => {
    const instanceStart = 240 * seconds;
    const world = await createWaiting(
      { capacity: "gpu", taskTimings: { ...timings, instanceStart } },
      { TASK_WAIT_TIMEOUT: 60 },
    );
    await addCapacityProvider(world);
    const waiting = await start(world);
    const [task] = world.tasks();
    expect(waiting).toEqual({
      statusCode: 202,
      body: { taskArn: task?.arn, taskId: task?.id, lastStatus: "PROVISIONING" },
    });
    await world.clock.advance(instanceStart);
    expect(await start(world)).toMatchObject({ statusCode: 200, body: { taskId: task?.id, port: 8080 } });
    expect(world.tasks()).toHaveLength(1);
    expect(await world.targets()).toHaveLength(1);
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(JSON.stringify(world.metrics())).not.toMatch(/Failures/);
  });

  test("registers the existing task at a retry", async () => {
    const world = await createWaiting({}, { TASK_WAIT_TIMEOUT: 15 });
    await failure(world);
    await world.clock.advance(20 * seconds);
    expect(await start(world)).toMatchObject({ statusCode: 200 });
    expect(world.tasks()).toHaveLength(1);
    expect(await world.targets()).toHaveLength(1);
  });
});

describe("registering", () => {
  test("keeps the task after a transient error, and a retry registers it", async () => {
    const world = await createWaiting();
    world.faults.set([
      {
        service: "elasticloadbalancing",
        action: "RegisterTargets",
        fault: "throttle",
        times: 3,
      },
    ]);
    expect(await failure(world)).toMatchObject({ name: "ThrottlingException" });
    expect(world.tasks()).toMatchObject([{ desiredStatus: "RUNNING" }]);
    expect(await start(world)).toMatchObject({ statusCode: 200 });
    expect(world.tasks()).toHaveLength(1);
    expect(await world.targets()).toHaveLength(1);
  });

  test("stops the task with the reason after a permanent error", async () => {
    const world = await createWaiting();
    await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: world.group }));
    expect(await failure(world)).toMatchObject({ name: "TargetGroupNotFoundException" });
    await world.clock.advance(60 * seconds);
    expect(world.tasks()).toMatchObject([
      {
        lastStatus: "STOPPED",
        stopCode: "UserInitiated",
        stoppedReason: expect.stringContaining("TargetGroupNotFound"),
      },
    ]);
  });

  test("throws when StopTask fails too, and a retry stops the task", async () => {
    const world = await createWaiting();
    await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: world.group }));
    world.faults.set([
      { service: "ecs", action: "StopTask", fault: "error", code: "ServerException", status: 500, times: 3 },
    ]);
    expect(await failure(world)).toMatchObject({ name: "ServerException" });
    expect(await failure(world)).toMatchObject({ name: "TargetGroupNotFoundException" });
    await world.clock.advance(60 * seconds);
    expect(world.tasks()).toMatchObject([{ lastStatus: "STOPPED" }]);
  });
});

describe("waiting for health", () => {
  const healthy: ExtraSettings = { WAIT_FOR: "healthy", TASK_WAIT_TIMEOUT: 120 };

  test("answers when the target is healthy", async () => {
    const world = await createWaiting({}, healthy);
    expect(await start(world)).toMatchObject({ body: { healthStatus: "healthy" } });
  });

  test("ends early when no load balancer uses the target group", async () => {
    const world = await createWaiting({ unusedTargetGroups: ["auth"] }, healthy);
    const before = world.clock.now().getTime();
    expect(await start(world)).toMatchObject({ body: { healthStatus: "unused" } });
    expect(world.clock.now().getTime() - before).toBeLessThan(40 * seconds);
  });

  test("throws at the deadline when the target stays unhealthy, and keeps the task", async () => {
    const world = await createWaiting({ targetHealth: () => false }, healthy);
    expect(await failure(world)).toMatchObject({
      name: "TaskWaitTimeout",
      message: expect.stringMatching(
        /runs and is registered as 10\.[\d.]+:8080, which is (unhealthy|initial) after/,
      ),
    });
    expect(world.tasks()).toMatchObject([{ desiredStatus: "RUNNING" }]);
    expect(await world.targets()).toHaveLength(1);
  });
});

describe("a task that fails to start while it is waited for", () => {
  const slow = "CannotPullContainerError: pull image manifest has been retried 5 time(s): i/o timeout";

  test("is retried, and the answer has the task that runs", async () => {
    const reasons = [slow, "Timeout waiting for network interface provisioning to complete."];
    const world = await createWaiting({ containers: () => ({ failsToStart: reasons.shift() }) });
    const answer = await start(world);
    expect(world.tasks().map(({ stopCode }) => stopCode)).toEqual([
      "TaskFailedToStart",
      "TaskFailedToStart",
      undefined,
    ]);
    expect(answer).toMatchObject({ body: { taskArn: world.tasks()[2]?.arn } });
    expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual([undefined, "2", "3"]);
  });

  test("is not retried after three attempts", async () => {
    const world = await createWaiting({ containers: () => ({ failsToStart: slow }) });
    expect(await failure(world)).toMatchObject({
      name: "TaskFailedToStart",
      message: expect.stringContaining("(attempt 3)"),
    });
    expect(world.tasks()).toHaveLength(3);
  });

  test("is not retried when a user stopped it", async () => {
    const world = await createWaiting();
    const answer = world.invoke(startEvent("auth"));
    answer.catch(() => {});
    await world.clock.advance(5 * seconds);
    await world.ecs.send(new StopTaskCommand({ cluster: "engines", task: world.tasks()[0]?.arn }));
    await expect(world.settled(answer)).rejects.toMatchObject({ name: "TaskStopped" });
    expect(world.tasks()).toHaveLength(1);
  });
});

describe("the events of a batch are handled together", () => {
  test("and a transient error is retried, a permanent one is sent to the DLQ", async () => {
    const world = await createWaiting();
    const message = (messageId: string, event: unknown) => ({
      messageId,
      receiptHandle: "handle",
      body: JSON.stringify(event),
      attributes: { ApproximateReceiveCount: "1" },
      eventSource: "aws:sqs",
    });
    world.faults.set([
      { service: "ecs", action: "RunTask", fault: "none", times: 2 },
      { service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity" },
    ]);
    const before = world.clock.now().getTime();
    const outcome = await start(world, {
      Records: [
        message("m1", startEvent("auth", "e1")),
        message("m2", startEvent("auth", "e2")),
        message("m3", startEvent("auth", "e3")),
        message("m4", startEvent("nobody", "e4")),
      ],
    });
    expect(outcome).toEqual({ batchItemFailures: [{ itemIdentifier: "m3" }] });
    expect(world.clock.now().getTime() - before).toBeLessThan(40 * seconds);
    expect(await world.targets()).toHaveLength(2);
    const dlqMessages: DlqMessage[] = await world.takeDlqMessages();
    expect(dlqMessages).toMatchObject([{ responsePayload: { errorType: "UnknownService" } }]);
  });
});
