import { createWorld, drainSeconds, served, stopEvent, sweep, targetOf, type World } from "./world";

const afterDraining = (drainSeconds + 5) * 1000;

/** Two tasks that serve, and one that is still starting. */
const withTasks = async (world: World) => {
  const serving = [await world.run("auth"), await world.run("auth")];
  for (const task of serving) await world.invoke(world.latestEventOf(task));
  return serving;
};

test("deregisters serving tasks, and stops them when their targets have drained", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await withTasks(world);
  const report = served(await world.invoke(stopEvent(["auth"])));
  expect(report.auth).toMatchObject({ stopped: [], draining: tasks.map(({ arn }) => arn) });
  expect(await world.members("auth")).toEqual({
    [targetOf(tasks[0]!)]: "draining",
    [targetOf(tasks[1]!)]: "draining",
  });
  expect(tasks.map(({ tags }) => tags)).toEqual([
    [{ key: "event-driven-ecs:stopping", value: "stop-1" }],
    [{ key: "event-driven-ecs:stopping", value: "stop-1" }],
  ]);
  expect(tasks.map(({ desiredStatus }) => desiredStatus)).toEqual(["RUNNING", "RUNNING"]);
  expect(await world.dueRechecks()).toEqual([]);

  await world.clock.advance(afterDraining);
  const rechecks = await world.dueRechecks();
  expect(rechecks).toEqual([{ recheck: "auth", tasks: tasks.map(({ arn }) => arn), hop: 1 }]);
  await world.invoke(rechecks[0]);
  expect(tasks.map(({ desiredStatus, stoppedReason }) => [desiredStatus, stoppedReason])).toEqual([
    ["STOPPED", "Stopped by an event after its target had drained"],
    ["STOPPED", "Stopped by an event after its target had drained"],
  ]);
  expect(world.metric("TasksStopped")).toEqual([1, 1]);
  await world.clock.advance(afterDraining);
  expect(await world.dueRechecks()).toEqual([]);
});

test("does not register a marked task again", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await withTasks(world);
  await world.invoke(stopEvent(["auth"]));
  for (const task of tasks) for (const event of world.eventsOf(task)) await world.invoke(event);
  expect(await world.targets("auth")).toEqual([]);
});

test("stops a starting task and a task without target group immediately", async () => {
  const world = await createWorld(
    { auth: {}, job: { targetGroup: undefined } },
    { taskTimings: { pending: 60_000 } },
  );
  const starting = await world.run("auth");
  expect(starting.lastStatus).toBe("PENDING");
  await world.clock.advance(60_000);
  await world.invoke(world.latestEventOf(starting));
  const job = await world.run("job");
  await world.clock.advance(60_000);
  expect(job.lastStatus).toBe("RUNNING");
  const fresh = await world.run("auth");

  const report = served(await world.invoke(stopEvent()));
  expect(report.auth?.stopped).toEqual([fresh.arn]);
  expect(report.job?.stopped).toEqual([job.arn]);
  expect([fresh, job].map(({ desiredStatus, stoppedReason }) => [desiredStatus, stoppedReason])).toEqual([
    ["STOPPED", "Stopped by the event stop-1"],
    ["STOPPED", "Stopped by the event stop-1"],
  ]);
});

test("stops a task that an earlier release has marked, and none whose definition has a tag of that name", async () => {
  const world = await createWorld({ auth: {} });
  const [marked, another] = await withTasks(world);
  marked!.tags = [
    { key: "service", value: "auth" },
    { key: "stopping", value: "stop-0" },
  ];
  another!.tags = [
    { key: "event-driven-ecs:service", value: "auth" },
    { key: "stopping", value: "mine" },
  ];
  await world.invoke(sweep);
  expect(await world.targets("auth")).toEqual([targetOf(another!)]);
  await world.clock.advance(afterDraining);
  await world.invoke(sweep);
  expect([marked!.desiredStatus, another!.desiredStatus]).toEqual(["STOPPED", "RUNNING"]);
});

test("stops only the named services", async () => {
  const world = await createWorld({ auth: { targetGroup: undefined }, pdf: { targetGroup: undefined } });
  const [auth, pdf] = [await world.run("auth"), await world.run("pdf")];
  await world.invoke(stopEvent(["pdf"]));
  expect([auth.desiredStatus, pdf.desiredStatus]).toEqual(["RUNNING", "STOPPED"]);
});

test("stops no task that was created after a late event", async () => {
  const world = await createWorld({ auth: {}, job: { targetGroup: undefined } });
  const older = [await world.run("auth"), await world.run("job")];
  // The event's time has no fraction: tasks of the same second count as older.
  const time = `${world.clock.now().toISOString().slice(0, 19)}Z`;
  await world.clock.advance(2000);
  const newer = [await world.run("auth"), await world.run("job")];
  for (const task of [older[0]!, newer[0]!]) await world.invoke(world.latestEventOf(task));
  await world.invoke(stopEvent(undefined, { time }));
  await world.clock.advance(afterDraining);
  for (const recheck of await world.dueRechecks()) await world.invoke(recheck);
  expect(older.map(({ desiredStatus }) => desiredStatus)).toEqual(["STOPPED", "STOPPED"]);
  expect(newer.map(({ desiredStatus }) => desiredStatus)).toEqual(["RUNNING", "RUNNING"]);
});

test("stops drained tasks in a sweep when their reminder was lost", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await withTasks(world);
  await world.invoke(stopEvent());
  await world.clock.advance(afterDraining);
  await world.invoke(sweep);
  expect(tasks.map(({ desiredStatus }) => desiredStatus)).toEqual(["STOPPED", "STOPPED"]);
});

test("succeeds when a task ends while it is being marked", async () => {
  const world = await createWorld({ auth: {} });
  const [task] = await withTasks(world);
  world.faults.set([{ service: "ecs", action: "TagResource", fault: "latency", ms: 1000, times: 1 }]);
  world.clock.setTimer(500, () => task!.stop("EssentialContainerExited"));
  await world.invoke(stopEvent());
  expect(await world.targets("auth")).toEqual([]);
});

test("throws when a task cannot be marked", async () => {
  const world = await createWorld({ auth: {} });
  await withTasks(world);
  world.faults.set([
    { service: "ecs", action: "TagResource", fault: "error", code: "AccessDeniedException", times: 1 },
  ]);
  await expect(world.invoke(stopEvent())).rejects.toThrow("AccessDeniedException");
});
