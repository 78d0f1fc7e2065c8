import type { Task } from "../../../local/ecs/task";
import { createWorld, record, served, sweep, targetOf, type World } from "./world";

const launchAll = async (world: World, services: string[]): Promise<Task[]> => {
  const tasks = await Promise.all(services.map((service) => world.launch(service)));
  await world.clock.advance(1000);
  return tasks;
};

test("makes two DescribeTasks calls and one registration for each service when a batch has many messages", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const services = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? "auth" : "pdf"));
  await launchAll(world, services.slice(0, 20));
  const tasks = await launchAll(world, services.slice(20));
  const calls = await world.callsOf(() => world.invokeBatch(...tasks.map(world.latestEventOf)));
  expect(calls).toEqual({ DescribeTasks: 2, DescribeTargetHealth: 2, RegisterTargets: 2 });
  expect(world.metric("TargetsRegistered")).toEqual([10, 10]);
  expect(world.metric("RegistrationLag")).toHaveLength(20);
  expect(await world.targets("auth")).toHaveLength(10);
});

test("makes one DescribeTasks call when a message changes nothing", async () => {
  const world = await createWorld({ auth: {} });
  const [task] = await launchAll(world, ["auth"]);
  await world.invokeBatch(world.latestEventOf(task!));
  const calls = await world.callsOf(() =>
    world.invokeBatch(world.latestEventOf(task!), world.latestEventOf(task!)),
  );
  expect(calls).toEqual({ DescribeTasks: 1, DescribeTargetHealth: 1 });
  expect(world.metric("TargetsRegistered")).toEqual([1]);
  expect(world.metric("RegistrationLag")).toHaveLength(1);
});

test("makes no ListTasks call when an ended task holds its address or has no target", async () => {
  const world = await createWorld(
    { auth: {} },
    { taskTimings: { deactivating: 1000, deprovisioning: 5000 } },
  );
  const tasks = await launchAll(world, ["auth", "auth", "auth"]);
  await world.invokeBatch(...tasks.map(world.latestEventOf));
  const [deactivating, deprovisioning, stopped] = tasks;
  const end = async (task: Task, ms: number, status: string) => {
    task.stop("EssentialContainerExited");
    await world.clock.advance(ms);
    expect(world.latestEventOf(task).detail.lastStatus).toBe(status);
    return world.callsOf(() => world.invokeBatch(world.latestEventOf(task)));
  };
  const once = { DescribeTasks: 2, DescribeTargetHealth: 1, DeregisterTargets: 1 };
  expect(await end(deactivating!, 500, "DEACTIVATING")).toEqual(once);
  expect(await end(deprovisioning!, 2000, "DEPROVISIONING")).toEqual(once);
  await world.clock.advance(10_000);
  const late = await world.callsOf(() => world.invokeBatch(world.latestEventOf(deactivating!)));
  expect(late).toEqual({ DescribeTasks: 1, DescribeTargetHealth: 1 });

  // A full check is needed only when another task may have the address.
  expect(await end(stopped!, 10_000, "STOPPED")).toMatchObject({ ListTasks: expect.any(Number) });
  expect(await world.targets("auth")).toEqual([]);
});

test("keeps a target when the next task of the service has its address", async () => {
  const world = await createWorld({ auth: {} });
  const first = await world.run("auth");
  await world.invokeBatch(world.latestEventOf(first));
  first.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  const second = await world.run("auth");
  expect(targetOf(second)).toBe(targetOf(first));
  await world.invokeBatch(...world.eventsOf(first));
  expect(await world.targets("auth")).toEqual([targetOf(second)]);
  // With both tasks in one batch, no full check is needed.
  const both = [...world.eventsOf(first), world.latestEventOf(second)];
  const calls = await world.callsOf(() => world.invokeBatch(...both));
  expect(calls).toEqual({ DescribeTasks: 1, DescribeTargetHealth: 1 });
  expect(world.metric("TargetsDeregistered")).toEqual([]);
});

test("deregisters the address in the event when ECS has forgotten the task", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.invokeBatch(world.latestEventOf(task));
  const ends = () => world.eventsOf(task).slice(-1);
  task.stop("EssentialContainerExited");
  await world.clock.advance(2 * 3_600_000);
  await world.invokeBatch(...ends());
  expect(await world.targets("auth")).toEqual([]);
  expect(world.metric("TargetsDeregistered")).toEqual([1]);
});

test("deregisters a task at the second check when it ends during its registration", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const event = world.latestEventOf(task);
  world.faults.set([
    { service: "elasticloadbalancing", action: "RegisterTargets", fault: "latency", ms: 3000, times: 1 },
  ]);
  world.clock.setTimer(1000, () => task.stop("EssentialContainerExited"));
  await world.invokeBatch(event);
  expect(world.metric("TargetsRegistered")).toEqual([1]);
  expect(await world.targets("auth")).toEqual([]);
});

test("makes no second full check when the first one began after the task's end", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await launchAll(world, ["auth", "auth"]);
  await world.invokeBatch(...tasks.map(world.latestEventOf));
  for (const task of tasks) task.stop("EssentialContainerExited");
  await world.clock.advance(20_000);
  const [first, second] = tasks.map(world.latestEventOf);
  expect(await world.callsOf(() => world.invokeBatch(first))).toMatchObject({ ListTasks: 2 });
  const redelivered = { Records: [record("m-2", second, 2, 0)] };
  expect(await world.callsOf(() => world.invoke(redelivered))).toEqual({
    DescribeTasks: 1,
    DescribeTargetHealth: 1,
  });
});

test("makes a full check when a message is received again after a failed attempt", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  task.stop("EssentialContainerExited");
  await world.clock.advance(20_000);
  const again = (receives: number) => ({
    Records: [record("m-1", world.latestEventOf(task), receives, world.clock.now().getTime())],
  });
  expect(await world.callsOf(() => world.invoke(again(1)))).not.toHaveProperty("ListTasks");
  expect(await world.callsOf(() => world.invoke(again(2)))).toHaveProperty("ListTasks");
});

test("handles tasks with the group of a former release until they end", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const tasks = await launchAll(world, ["auth", "auth", "pdf"]);
  const [old, fresh, other] = tasks;
  old!.launch.input.group = "route:auth";
  fresh!.launch.input.group = "route-auth";
  other!.launch.input.group = "route-auth-2";
  const latestEventOf = (task: Task) => {
    const { detail, ...event } = world.latestEventOf(task);
    return { ...event, detail: { ...detail, group: task.launch.input.group } };
  };
  await world.invokeBatch(...tasks.map(latestEventOf));
  expect(await world.targets("auth")).toEqual([targetOf(old!), targetOf(fresh!)]);
  expect(served(await world.invoke(sweep))).toMatchObject({
    auth: { missing: 0, stale: 0 },
    pdf: { missing: 0, stale: 0 },
  });
  old!.stop("EssentialContainerExited");
  await world.clock.advance(1);
  await world.invokeBatch(latestEventOf(old!));
  expect(await world.targets("auth")).toEqual([targetOf(fresh!)]);
});

test("sends only the malformed messages of a batch to the DLQ", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const body = (text: string, id: string) => ({ ...record(id, null), body: text });
  const nested = `${'{"requestContext":{"requestId":"r"},"requestPayload":'.repeat(12_000)}1${"}".repeat(12_000)}`;
  const batch = {
    Records: [
      body("no JSON", "text"),
      body(nested, "nested"),
      body(`${"[".repeat(50_000)}${"]".repeat(50_000)}`, "deep"),
      record("service", { "detail-type": "Stop ECS Tasks", detail: { services: ["nobody"] } }),
      record("good", world.latestEventOf(task)),
    ],
  };
  expect(await world.invoke(batch)).toEqual({ batchItemFailures: [] });
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  const dlqMessages = await world.takeDlqMessages();
  expect(dlqMessages.map(({ responsePayload }) => responsePayload.errorType).sort()).toEqual([
    "MalformedEvent",
    "MalformedEvent",
    "MalformedEvent",
    "UnknownService",
  ]);
  expect(world.lines.filter((line) => "Failures" in line)).toHaveLength(4);
});

test("fails only the task that ECS refuses to describe", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await launchAll(
    world,
    Array.from({ length: 7 }, () => "auth"),
  );
  const foreign = world.latestEventOf(tasks[0]!);
  const foreignArn = `arn:aws:ecs:eu-west-1:999999999999:task/engines/${"0".repeat(32)}`;
  const { handler } = world.startFunction(({ ecs }) =>
    ecs.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { tasks = [] } = args.input as { tasks?: string[] };
          if (commandName !== "DescribeTasksCommand" || !tasks.includes(foreignArn)) return next(args);
          throw Object.assign(new Error("Invalid identifier"), { name: "InvalidParameterException" });
        },
      { step: "initialize" },
    ),
  );
  const messages = [
    { ...foreign, detail: { ...foreign.detail, taskArn: foreignArn } },
    ...tasks.map(world.latestEventOf),
  ];
  const batch = { Records: messages.map((event, n) => record(`m-${n}`, event)) };
  expect(await world.finish(handler(batch, world.invocation()))).toEqual({ batchItemFailures: [] });
  expect(await world.targets("auth")).toHaveLength(7);
  expect(await world.takeDlqMessages()).toMatchObject([
    {
      responsePayload: {
        errorType: "InvalidParameterException",
        errorMessage: expect.stringContaining(foreignArn),
      },
    },
  ]);
});

test("keeps the batch in the queue, with one log line and one metric, when all retries are throttled", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await launchAll(world, ["auth", "auth", "auth"]);
  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "throttle" }]);
  expect(await world.invokeBatch(...tasks.map(world.latestEventOf))).toEqual(["m-1", "m-2", "m-3"]);
  expect(await world.takeDlqMessages()).toEqual([]);
  expect(world.lines.filter(({ level }) => level === "ERROR")).toMatchObject([
    { service: "auth", messages: 3, errorType: "ThrottlingException" },
  ]);
  expect(world.lines.filter((line) => "Failures" in line)).toMatchObject([
    { Service: "auth", Reason: "ThrottlingException", Failures: 3 },
  ]);

  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "throttle", times: 9 }]);
  expect(await world.invokeBatch(...tasks.map(world.latestEventOf))).toEqual([]);
  expect(await world.targets("auth")).toHaveLength(3);
});

test("fails only the task whose description stays older than its event, and does not delay others", async () => {
  const world = await createWorld({ auth: {} });
  const [stale, fresh] = await launchAll(world, ["auth", "auth"]);
  const events = [world.latestEventOf(stale!), world.latestEventOf(fresh!)];
  stale!.version -= 1;
  expect(await world.invokeBatch(...events)).toEqual(["m-1"]);
  expect(await world.targets("auth")).toEqual([targetOf(fresh!)]);
  // It was not delayed by the other task.
  expect(Math.max(...(world.metric("RegistrationLag") as number[]))).toBeLessThan(1500);
});

test("ignores impossible event times", async () => {
  const world = await createWorld({ auth: {} });
  for (const time of ["+275000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday"]) {
    const task = await world.run("auth");
    await world.invokeBatch({ ...world.latestEventOf(task), time });
  }
  expect(world.metric("TargetsRegistered")).toEqual([1, 1, 1]);
  expect(world.metric("RegistrationLag")).toEqual([]);
});
