import type { Task } from "../../local/ecs/task";
import type { ServiceEvent } from "../../local/events/service-event";
import { SERVICE_ARN, serviceWorld } from "./ecs-service-world";

const messages = async (world: Awaited<ReturnType<typeof serviceWorld>>) =>
  (await world.describeService()).events.map(({ message }) => message).join("\n");

describe("an ECS service", () => {
  test("starts its tasks, and is steady then", async () => {
    const world = await serviceWorld();
    await world.createService({ desiredCount: 2, enableECSManagedTags: true });
    await world.advance(1);
    expect(await world.describeService()).toMatchObject({
      status: "ACTIVE",
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 2, failedTasks: 0 }],
    });
    expect(await world.listTasks()).toEqual(world.tasks().map(({ arn }) => arn));
    const [task] = await world.describe(world.tasks()[0]?.arn);
    expect(task).toMatchObject({ group: "service:worker", launchType: "FARGATE" });
    expect(task?.startedBy).toMatch(/^ecs-svc\/\d{19}$/);
    expect(world.tasks()[0]?.tags).toEqual([
      { key: "aws:ecs:clusterName", value: "engines" },
      { key: "aws:ecs:serviceName", value: "worker" },
    ]);
    expect(await messages(world)).toContain("(service worker) has reached a steady state.");
  });

  test("replaces a task that stops", async () => {
    const world = await serviceWorld();
    await world.createService();
    await world.advance(1);
    world.tasks()[0]?.stop("UserInitiated");
    await world.advance(1);
    expect(world.running()).toBe(1);
    expect(world.tasks()).toHaveLength(2);
  });

  test("stops the newest tasks when its count falls, with SIGTERM first", async () => {
    const world = await serviceWorld({ containers: () => ({ stopExitCode: 0 }) });
    await world.createService({ desiredCount: 1 });
    await world.advance(1);
    await world.updateService({ desiredCount: 3 });
    await world.advance(1);
    const [oldest] = world.tasks();
    await world.updateService({ desiredCount: 1 });
    await world.advance(1);
    expect(world.living()).toEqual([oldest]);
    const [, stopped] = world.tasks();
    expect(stopped).toMatchObject({ stopCode: "ServiceSchedulerInitiated", containers: [{ exitCode: 0 }] });
    expect(stopped?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
  });

  test("waits longer after each task that does not reach RUNNING", async () => {
    const world = await serviceWorld({
      containers: () => ({ failsToStart: "CannotPullContainerError: no" }),
    });
    await world.createService();
    await world.clock.advance(9000);
    expect(world.tasks()).toHaveLength(1);
    await world.clock.advance(3000);
    expect(world.tasks()).toHaveLength(2);
    await world.clock.advance(15_000);
    expect(world.tasks()).toHaveLength(2);
    await world.clock.advance(8000);
    expect(world.tasks()).toHaveLength(3);
    await world.advance(24 * 60);
    const [last, before] = world.tasks().reverse();
    const waited = Number(last?.times.createdAt) - Number(before?.times.stoppingAt);
    expect(waited / 60_000).toBeCloseTo(27, 1);
    expect(await messages(world)).toContain("is unable to consistently start tasks successfully");
  });

  test("waits longer after each task that ends at once, a minute at most", async () => {
    const world = await serviceWorld({ containers: () => ({ durationMs: 100 }) });
    await world.createService();
    await world.advance(60);
    const created = world.tasks().map(({ times }) => Number(times.createdAt));
    const gaps = created.slice(1).map((at, index) => Math.round((at - (created[index] ?? 0)) / 1000));
    expect(gaps.slice(0, 4)).toEqual([10, 20, 40, 60]);
    expect(Math.max(...gaps)).toBe(60);
  });

  test("has tasks with the faults of StartServiceTask, in one family only when the script says so", async () => {
    const line = { service: "ecs", action: "StartServiceTask", times: 1 };
    const world = await serviceWorld({
      faults: [
        { ...line, fault: "failsToStart", reason: "no", where: { family: "other" } },
        { ...line, fault: "ends", afterMs: 60_000, stopCode: "SpotInterruption", where: { family: "auth" } },
        { ...line, fault: "failures", reason: "Capacity is unavailable at this time" },
      ],
    });
    await world.createService();
    await world.clock.advance(59_000);
    expect(world.running()).toBe(1);
    await world.clock.advance(5000);
    expect(world.tasks()[0]?.stopCode).toBe("SpotInterruption");
    expect(world.running()).toBe(0);
    expect(await messages(world)).toContain(
      "was unable to place a task. Reason: Capacity is unavailable at this time.",
    );
    await world.advance(1);
    expect(world.running()).toBe(1);
    expect(() => world.faults.set([{ ...line, fault: "throttle" }])).toThrow(
      'fault 1: fault is "throttle"; allowed for ecs:StartServiceTask: failures, failsToStart, ',
    );
  });

  test("takes its tags and its capacity provider to its tasks", async () => {
    const world = await serviceWorld();
    const strategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    await world.createService({
      launchType: undefined,
      capacityProviderStrategy: strategy,
      propagateTags: "SERVICE",
      tags: [{ key: "team", value: "platform" }],
    });
    await world.advance(1);
    const [task] = await world.describe(world.tasks()[0]?.arn);
    expect(task).toMatchObject({ capacityProviderName: "FARGATE_SPOT" });
    expect(world.tasks()[0]?.tags).toEqual([{ key: "team", value: "platform" }]);
    expect(await world.describeService()).toMatchObject({ capacityProviderStrategy: strategy });
  });

  test("replaces a task whose container is unhealthy", async () => {
    let ill = true;
    const world = await serviceWorld({ containers: () => (ill ? { unhealthyAfterMs: 5000 } : {}) });
    const healthCheck = { command: ["CMD-SHELL", "true"] };
    await world.define("checked", { name: "app", image: "app", healthCheck });
    await world.createService({ taskDefinition: "checked" });
    await world.clock.advance(4000);
    ill = false;
    await world.advance(1);
    expect(world.tasks()[0]).toMatchObject({ stoppedReason: "Task failed container health checks" });
    expect(world.running()).toBe(1);
  });

  test("keeps settings that the control plane forgets, with the defaults of AWS", async () => {
    const world = await serviceWorld();
    await world.createService({ desiredCount: 0, enableExecuteCommand: true, capacityProviderStrategy: [] });
    expect(await world.describeService()).toMatchObject({
      availabilityZoneRebalancing: "ENABLED",
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      enableECSManagedTags: false,
      enableExecuteCommand: true,
      launchType: "FARGATE",
    });
    expect(await world.describeService()).not.toHaveProperty("capacityProviderStrategy");
    await world.updateService({ availabilityZoneRebalancing: "DISABLED" });
    expect(await world.describeService()).toMatchObject({
      availabilityZoneRebalancing: "DISABLED",
      enableExecuteCommand: true,
    });
  });

  test("has a launch type or a strategy, and no network configuration when it has none", async () => {
    const world = await serviceWorld();
    const networkConfiguration = {};
    await world.createService({ desiredCount: 0, launchType: "EC2", networkConfiguration });
    expect(await world.describeService()).toMatchObject({ launchType: "EC2" });
    expect(await world.describeService()).not.toHaveProperty("networkConfiguration");
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    await world.updateService({ capacityProviderStrategy });
    expect(await world.describeService()).toMatchObject({ capacityProviderStrategy });
    expect(await world.describeService()).not.toHaveProperty("launchType");
  });

  test("is deleted with a count of 0, or by force", async () => {
    const world = await serviceWorld();
    await world.createService({ desiredCount: 1 });
    await world.advance(1);
    const input = { cluster: "engines", service: "worker" };
    await expect(world.ask("ecs", "DeleteService", input)).rejects.toThrow(
      /InvalidParameterException: The service cannot be stopped while it is scaled above 0/,
    );
    await world.ask("ecs", "DeleteService", { ...input, force: true });
    expect((await world.describeService()).status).toBe("DRAINING");
    await world.advance(1);
    expect(await world.describeService()).toMatchObject({ status: "INACTIVE", runningCount: 0 });
    expect(world.living()).toEqual([]);
    await expect(world.updateService({ desiredCount: 1 })).rejects.toThrow(/ServiceNotActiveException/);
    await world.createService({ desiredCount: 1 });
    await world.advance(1);
    expect(await world.describeService()).toMatchObject({ status: "ACTIVE", runningCount: 1 });
  });

  test("is not created twice", async () => {
    const world = await serviceWorld();
    await world.createService();
    await expect(world.createService()).rejects.toThrow("Creation of service was not idempotent");
  });
});

describe("a rolling deployment", () => {
  const rolling = async (configuration: object, desiredCount: number) => {
    const least: number[] = [];
    const most: number[] = [];
    const watch = (tasks: Task[]) => {
      const alive = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
      least.push(alive.filter(({ lastStatus }) => lastStatus === "RUNNING").length);
      most.push(alive.length);
    };
    let started = false;
    const world = await serviceWorld({ onTaskEvent: () => started && watch(world.tasks()) });
    await world.createService({ desiredCount, deploymentConfiguration: configuration });
    await world.advance(1);
    await world.define("auth", { name: "app", image: "auth:2" });
    started = true;
    await world.updateService({ taskDefinition: "auth" });
    await world.advance(5);
    return { world, least: Math.min(...least), most: Math.max(...most) };
  };

  test.each([
    [{ minimumHealthyPercent: 100, maximumPercent: 200 }, 3, 3, 6],
    [{ minimumHealthyPercent: 50, maximumPercent: 100 }, 4, 2, 4],
    [{ minimumHealthyPercent: 50, maximumPercent: 150 }, 5, 3, 7],
    [{ minimumHealthyPercent: 0, maximumPercent: 100 }, 2, 0, 2],
  ])(
    "with %j of %d tasks never has fewer than %d healthy or more than %d",
    async (configuration, count, min, max) => {
      const { world, least, most } = await rolling(configuration, count);
      expect(least).toBe(min);
      expect(most).toBe(max);
      const { deployments, runningCount, taskDefinition } = await world.describeService();
      expect(taskDefinition).toMatch(/auth:2$/);
      expect(deployments).toMatchObject([{ rolloutState: "COMPLETED", taskDefinition }]);
      expect(runningCount).toBe(count);
      expect(world.living().every(({ launch }) => launch.definition.revision === 2)).toBe(true);
    },
  );

  test("begins with forceNewDeployment, and with nothing less than a change of what launches tasks", async () => {
    const world = await serviceWorld();
    await world.createService();
    await world.advance(1);
    const [before] = world.living();
    await world.updateService({ desiredCount: 1, enableExecuteCommand: true });
    await world.advance(1);
    expect(world.living()).toEqual([before]);
    await world.updateService({ forceNewDeployment: true });
    await world.advance(1);
    expect(world.living()).toHaveLength(1);
    expect(world.living()).not.toEqual([before]);
  });

  test("does not stop a protected task until its protection has expired", async () => {
    const world = await serviceWorld();
    await world.createService();
    await world.advance(1);
    const [busy] = world.living();
    await world.protect([busy as Task], true, 30);
    await world.updateService({ forceNewDeployment: true });
    await world.advance(29);
    expect(world.living()).toContain(busy);
    expect((await world.describeService()).deployments).toHaveLength(2);
    await world.advance(2);
    expect(world.living()).not.toContain(busy);
    expect((await world.describeService()).deployments).toHaveLength(1);
  });
});

describe("the deployment circuit breaker", () => {
  const deploymentConfiguration = {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  };
  const broken = ({ container }: { container: { image: string } }) =>
    container.image === "broken" ? { failsToStart: "CannotPullContainerError: no" } : {};

  test("rolls back to the last deployment that was completed", async () => {
    const world = await serviceWorld({ containers: broken });
    await world.createService({ desiredCount: 2, deploymentConfiguration });
    await world.advance(1);
    const before = world.living();
    await world.define("auth", { name: "app", image: "broken" });
    await world.updateService({ taskDefinition: "auth" });
    await world.advance(10);
    const { deployments, runningCount, taskDefinition } = await world.describeService();
    expect(taskDefinition).toMatch(/auth:1$/);
    expect(runningCount).toBe(2);
    expect(deployments).toMatchObject([{ rolloutState: "COMPLETED", taskDefinition }]);
    expect(world.living()).toEqual(before);
    expect(await messages(world)).toContain("deployment failed: tasks failed to start.");
    // 3 failed tasks are the least threshold; tasks are started two at a time.
    const failed = world.tasks().filter(({ stopCode }) => stopCode === "TaskFailedToStart");
    expect(failed.length).toBeGreaterThanOrEqual(3);
    expect(failed.length).toBeLessThanOrEqual(4);
  });

  test("ends a deployment without an earlier one as FAILED, and starts no more tasks", async () => {
    const world = await serviceWorld({ containers: broken });
    await world.define("auth", { name: "app", image: "broken" });
    await world.createService({ deploymentConfiguration });
    await world.advance(30);
    expect((await world.describeService()).deployments).toMatchObject([
      {
        rolloutState: "FAILED",
        rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
        failedTasks: 3,
      },
    ]);
    expect(world.tasks()).toHaveLength(3);
  });
});

test("deployments and a steady state are events", async () => {
  const events: ServiceEvent[] = [];
  const image = { name: "app", image: "broken" };
  const world = await serviceWorld({
    containers: ({ container }) => (container.image === "broken" ? { failsToStart: "no" } : {}),
    onServiceEvent: (event) => events.push(event),
  });
  const deploymentCircuitBreaker = { enable: true, rollback: false };
  await world.createService({ deploymentConfiguration: { deploymentCircuitBreaker } });
  await world.advance(1);
  await world.define("auth", image);
  await world.updateService({ taskDefinition: "auth" });
  await world.advance(5);
  const named = events.map(({ detail, ...event }) => [
    event["detail-type"],
    (detail as { eventType: string }).eventType,
    (detail as { eventName: string }).eventName,
  ]);
  expect(named).toEqual([
    ["ECS Deployment State Change", "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"],
    ["ECS Deployment State Change", "INFO", "SERVICE_DEPLOYMENT_COMPLETED"],
    ["ECS Service Action", "INFO", "SERVICE_STEADY_STATE"],
    ["ECS Deployment State Change", "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"],
    ["ECS Service Action", "WARN", "SERVICE_TASK_START_IMPAIRED"],
    ["ECS Deployment State Change", "ERROR", "SERVICE_DEPLOYMENT_FAILED"],
  ]);
  expect(events.map(({ resources }) => resources)).toEqual(events.map(() => [SERVICE_ARN]));
  expect(events.at(-1)?.detail).toMatchObject({
    deploymentId: expect.stringMatching(/^ecs-svc\//),
    reason: "ECS deployment circuit breaker: tasks failed to start.",
  });
});

describe("a service with a target group", () => {
  const balanced = async (options: Parameters<typeof serviceWorld>[0] = {}) => {
    const world = await serviceWorld(options);
    const form = async (input: Record<string, string>) => {
      const { response } = await world.handler.handle({
        method: "POST",
        path: "/",
        headers: {
          authorization:
            "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/elasticloadbalancing/aws4_request, x",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams(input).toString(),
      });
      return String(response.body);
    };
    const created = await form({
      Action: "CreateTargetGroup",
      Name: "auth",
      Port: "8080",
      TargetType: "ip",
      HealthCheckIntervalSeconds: "5",
      HealthyThresholdCount: "2",
    });
    const targetGroupArn = /<TargetGroupArn>([^<]+)/.exec(created)?.[1] ?? "";
    await form({
      Action: "ModifyTargetGroupAttributes",
      TargetGroupArn: targetGroupArn,
      "Attributes.member.1.Key": "deregistration_delay.timeout_seconds",
      "Attributes.member.1.Value": "20",
    });
    const loadBalancers = [{ targetGroupArn, containerName: "app", containerPort: 8080 }];
    const states = async () =>
      [
        ...(await form({ Action: "DescribeTargetHealth", TargetGroupArn: targetGroupArn })).matchAll(
          /<State>(\w+)/g,
        ),
      ].map(([, state]) => state);
    return { ...world, loadBalancers, states };
  };

  test("registers its tasks, is steady when they are healthy, and drains before SIGTERM", async () => {
    const world = await balanced();
    await world.createService({ loadBalancers: world.loadBalancers });
    await world.clock.advance(2000);
    expect(await world.states()).toEqual(["initial"]);
    expect((await world.describeService()).deployments).toMatchObject([{ rolloutState: "IN_PROGRESS" }]);
    await world.advance(1);
    expect(await world.states()).toEqual(["healthy"]);
    expect((await world.describeService()).deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
    await world.updateService({ desiredCount: 0 });
    await world.clock.advance(15_000);
    expect(await world.states()).toEqual(["draining"]);
    expect(world.tasks()[0]?.lastStatus).toBe("DEACTIVATING");
    await world.clock.advance(10_000);
    expect(await world.states()).toEqual([]);
    expect(world.tasks()[0]?.lastStatus).toBe("STOPPED");
  });

  test("replaces unhealthy tasks after the grace period", async () => {
    const world = await balanced({ targetHealth: () => false });
    await world.createService({ loadBalancers: world.loadBalancers, healthCheckGracePeriodSeconds: 60 });
    await world.clock.advance(55_000);
    expect(world.living()).toHaveLength(1);
    expect(world.tasks()).toHaveLength(1);
    await world.advance(2);
    expect(world.tasks()[0]?.stoppedReason).toMatch(/^Task failed ELB health checks in \(target-group arn:/);
    expect(world.tasks().length).toBeGreaterThan(1);
  });
});

test("a service that does not exist has no description", async () => {
  const world = await serviceWorld();
  const input = { cluster: "engines", services: ["worker"] };
  expect(await world.ask("ecs", "DescribeServices", input)).toEqual({
    services: [],
    failures: [{ arn: SERVICE_ARN, reason: "MISSING" }],
  });
});
