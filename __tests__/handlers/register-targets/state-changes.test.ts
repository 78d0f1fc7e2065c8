import fc from "fast-check";
import { createWorld, drainSeconds, served, sweep, targetOf } from "./world";

test("registers a running task within a second of its event", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const report = served(await world.invoke(world.latestEventOf(task)));
  expect(report.auth?.registered).toEqual([{ taskArn: task.arn, id: expect.any(String), port: 8080 }]);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  expect(world.metric("TargetsRegistered")).toEqual([1]);
  const [lag] = world.metric("RegistrationLag");
  expect(lag).toBeGreaterThanOrEqual(0);
  expect(lag).toBeLessThanOrEqual(1000);
});

test("deregisters an ending task at its event, and its target drains", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.invoke(world.latestEventOf(task));
  task.stop("EssentialContainerExited");
  await world.clock.advance(1);
  expect(world.latestEventOf(task).detail.lastStatus).toBe("DEACTIVATING");
  await world.invoke(world.latestEventOf(task));
  expect(await world.members("auth")).toEqual({ [targetOf(task)]: "draining" });
  await world.clock.advance(drainSeconds * 1000);
  expect(await world.members("auth")).toEqual({});
  expect(world.metric("TargetsDeregistered")).toEqual([1]);
});

test("changes nothing for a duplicate event", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  for (let times = 0; times < 5; times += 1) await world.invoke(world.latestEventOf(task));
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  expect(world.metric("TargetsRegistered")).toEqual([1]);
});

test("registers the overridden port when the launch overrides it", async () => {
  const world = await createWorld({ auth: {} });
  const overrides = {
    containerOverrides: [{ name: "main", environment: [{ name: "PORT", value: "9090" }] }],
  };
  const task = await world.run("auth", { overrides });
  await world.invoke(world.latestEventOf(task));
  expect(await world.targets("auth")).toEqual([targetOf(task, 9090)]);
});

test("deregisters an ended task for any order and any duplicates of its events", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.invoke(world.latestEventOf(task));
  task.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  const events = world.eventsOf(task);
  expect(events.map(({ detail }) => detail.lastStatus).at(-1)).toBe("STOPPED");
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...events, ...events], { minLength: 1 }), async (order) => {
      for (const event of order) await world.invokeBatch(event);
      expect(await world.targets("auth")).toEqual([]);
      await world.invokeBatch(...order);
      expect(await world.targets("auth")).toEqual([]);
    }),
    { seed: 5, numRuns: 20 },
  );
}, 30_000);

test("keeps the target of a new task when a late event of a stopped task has the same address", async () => {
  const world = await createWorld({ auth: {} });
  const first = await world.run("auth");
  await world.invoke(world.latestEventOf(first));
  first.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  const second = await world.run("auth");
  expect(targetOf(second)).toBe(targetOf(first));
  await world.invoke(world.latestEventOf(second));
  for (const event of world.eventsOf(first)) await world.invokeBatch(event);
  expect(await world.targets("auth")).toEqual([targetOf(second)]);
});

test("deregisters an address from the first service when a task of another service has it", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const first = await world.run("auth");
  await world.invoke(world.latestEventOf(first));
  first.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  const second = await world.run("pdf");
  await world.invoke(world.latestEventOf(second));
  await world.invoke(world.latestEventOf(first));
  expect([await world.targets("auth"), await world.targets("pdf")]).toEqual([[], [targetOf(second)]]);
});

test("describes a running task again when it has no address yet", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const event = world.latestEventOf(task);
  const { connectivityAt } = task.times;
  delete task.times.connectivityAt;
  world.clock.setTimer(700, () => {
    task.times.connectivityAt = connectivityAt;
  });
  await world.invoke(event);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
});

test("throws a transient error when a running task stays without address", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const event = world.latestEventOf(task);
  delete task.times.connectivityAt;
  await expect(world.invoke(event)).rejects.toThrow("auth: ECS does not show address and port of arn:");
  expect(world.metric("Failures")).toEqual([1]);
  expect(await world.takeDlqMessages()).toEqual([]);
});

test("waits for a description as new as the event, and then throws a transient error", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const event = world.latestEventOf(task);
  task.version -= 1;
  world.clock.setTimer(700, () => {
    task.version += 1;
  });
  await world.invoke(event);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);

  task.version -= 1;
  await expect(world.invoke(event)).rejects.toThrow(/does not show version 4 of arn:.*, but 3/);
});

test("registers a task that ECS does not list yet", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const { handler } = world.startFunction(({ ecs }) =>
    ecs.middlewareStack.add((next, { commandName }) => async (args) => {
      const answer = await next(args);
      return commandName === "ListTasksCommand" ? { ...answer, output: { taskArns: [] } as never } : answer;
    }),
  );
  await world.finish(handler(world.latestEventOf(task), world.invocation()));
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
});

test("waits for a task that ECS does not find yet, and not for one that ECS has forgotten", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  const event = world.latestEventOf(task);
  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 2 }]);
  await world.invoke(event);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);

  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "missing" }]);
  await expect(world.invoke(event)).rejects.toThrow("auth: ECS does not show arn:");
  world.faults.set([]);
  task.stop("EssentialContainerExited");
  await world.clock.advance(2 * 3_600_000);
  await world.invoke(event);
  expect(await world.targets("auth")).toEqual([]);
});

test("ignores unrelated tasks", async () => {
  const world = await createWorld({ auth: {} });
  const strangers = [
    await world.run("auth", { group: "somebody-else" }),
    await world.run("auth", { group: "route-nobody" }),
  ];
  for (const stranger of strangers) {
    expect(await world.invoke(world.latestEventOf(stranger))).toEqual({ services: {} });
  }
  const task = await world.run("auth");
  const { detail, ...event } = world.latestEventOf(task);
  for (const other of [
    { taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/other:1" },
    { clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/other" },
  ]) {
    expect(await world.invoke({ ...event, detail: { ...detail, ...other } })).toEqual({ services: {} });
  }
  expect(await world.targets("auth")).toEqual([]);
  await world.invoke(sweep);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  expect(await world.takeDlqMessages()).toEqual([]);
});

test("keeps the target of a task that ECS lists and does not describe for a moment", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.invoke(world.latestEventOf(task));
  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 2 }]);
  await world.invoke(sweep);
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  expect(world.metric("TargetsDeregistered")).toEqual([]);
});

test("repairs and counts in a sweep what events have missed", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const [gone, kept] = [await world.run("auth"), await world.run("auth")];
  for (const task of [gone, kept]) await world.invoke(world.latestEventOf(task));
  gone.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  const fresh = await world.run("pdf");
  const report = served(await world.invoke(sweep));
  expect(report).toMatchObject({ auth: { missing: 0, stale: 1 }, pdf: { missing: 1, stale: 0 } });
  expect([await world.targets("auth"), await world.targets("pdf")]).toEqual([
    [targetOf(kept)],
    [targetOf(fresh)],
  ]);
  expect(world.metric("MissingTargets")).toEqual([0, 1]);
  expect(world.metric("StaleTargets")).toEqual([1, 0]);

  const again = served(await world.invoke({ "detail-type": "Sweep" }));
  expect(again).toMatchObject({ auth: { missing: 0, stale: 0 }, pdf: { missing: 0, stale: 0 } });
});

test("reconciles the other services when one service fails", async () => {
  const world = await createWorld({ auth: { cluster: "elsewhere" }, pdf: {} });
  const task = await world.run("pdf");
  await expect(world.invoke(sweep)).rejects.toThrow("Cluster not found");
  expect(await world.targets("pdf")).toEqual([targetOf(task)]);
});

test("leaves recent changes to their events in a sweep", async () => {
  const world = await createWorld({ auth: {} }, { taskTimings: { deprovisioning: 60_000 } });
  const [gone, kept] = [await world.run("auth"), await world.run("auth")];
  for (const task of [gone, kept]) await world.invokeBatch(world.latestEventOf(task));
  const fresh = await world.run("auth");
  gone.stop("EssentialContainerExited");
  await world.clock.advance(1);
  const [sweeping] = [world.startFunction().handler(sweep, world.invocation())];
  await world.clock.advance(5_000);
  await world.invokeBatch(world.latestEventOf(fresh), world.latestEventOf(gone));
  await world.clock.advance(10_000);
  expect(served(await world.finish(sweeping))).toMatchObject({
    auth: { missing: 0, stale: 0, registered: [], deregistered: [] },
  });
  expect(await world.targets("auth")).toEqual([targetOf(kept), targetOf(fresh)]);
});
