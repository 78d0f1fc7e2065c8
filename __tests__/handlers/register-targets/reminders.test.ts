import { computeDelay } from "../../../handlers/register-targets/reminder";
import { createWorld, drainSeconds, record, stopEvent, sweep, targetOf, type World } from "./world";

const afterDraining = (drainSeconds + 5) * 1000;

/** Tasks that serve. */
const serving = async (world: World, service: string, count: number) => {
  const tasks = await Promise.all(Array.from({ length: count }, () => world.launch(service)));
  await world.clock.advance(1000);
  await world.invokeBatch(...tasks.map(world.latestEventOf));
  return tasks;
};

test("renews a reminder only for its tasks that still drain", async () => {
  // The launch route has a shorter delay than the target group.
  const world = await createWorld({ auth: { drainSeconds: 3 } });
  const [first] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  await world.clock.advance(5000);
  const [second] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"], { id: "stop-2" }));

  await world.clock.advance(3000);
  const [reminder, ...others] = await world.dueRechecks();
  expect([reminder, others]).toEqual([{ recheck: "auth", tasks: [first!.arn], hop: 1 }, []]);
  await world.invokeBatch(reminder);
  expect(first!.desiredStatus).toBe("RUNNING");
  await world.clock.advance(5000);
  // The reminder of the second stop event.
  expect(await world.dueRechecks()).toEqual([{ recheck: "auth", tasks: [second!.arn], hop: 1 }]);
  await world.clock.advance(25_000);
  const renewed = await world.dueRechecks();
  expect(renewed).toEqual([{ recheck: "auth", tasks: [first!.arn], hop: 2 }]);
  await world.invokeBatch(...renewed);
  expect(first!.desiredStatus).toBe("STOPPED");
  expect(second!.desiredStatus).toBe("RUNNING");
});

test.each([
  [30, [35, 30, 60, 120, 240, 480, 900, 900]],
  [900, [900, 5, 30, 60]],
  [3600, [900, 900, 900, 900, 5, 30, 60, 120, 240, 480, 900, 900]],
])("delays reminders until a drain of %d s is over, then doubles the delay", (drain, delays) => {
  expect(delays.map((_, index) => computeDelay(drain, index + 1))).toEqual(delays);
});

test("logs a warning and leaves draining tasks to the sweep after twelve hops", async () => {
  const world = await createWorld({ auth: {} });
  const [task] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  expect(await world.invokeBatch({ recheck: "auth", tasks: [task!.arn], hop: 12 })).toEqual([]);
  expect(world.lines).toContainEqual(
    expect.objectContaining({ level: "WARN", service: "auth", tasks: [task!.arn] }),
  );
  await world.clock.advance(afterDraining);
  await world.dueRechecks();
  await world.clock.advance(3_600_000);
  expect(await world.dueRechecks()).toEqual([]);
  await world.invoke(sweep);
  expect(task!.desiredStatus).toBe("STOPPED");
});

test("names at most a hundred tasks in a reminder", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await serving(world, "auth", 130);
  await world.invoke(stopEvent(["auth"]));
  await world.clock.advance(afterDraining);
  const reminders = (await world.dueRechecks()) as { tasks: string[] }[];
  expect(reminders.map((reminder) => reminder.tasks.length)).toEqual([100, 30]);
  expect(new Set(reminders.flatMap((reminder) => reminder.tasks)).size).toBe(130);
  await world.invokeBatch(...reminders);
  expect(tasks.every(({ desiredStatus }) => desiredStatus === "STOPPED")).toBe(true);
}, 30_000);

test("checks the whole service once when reminders of a former release name no tasks", async () => {
  const world = await createWorld({ auth: {} });
  const [task] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  await world.clock.advance(afterDraining);
  await world.dueRechecks();
  const old = { recheck: "auth" };
  const calls = await world.callsOf(() => world.invokeBatch(old, old, old));
  expect(calls).toMatchObject({ ListTasks: 1, StopTask: 1 });
  expect(task!.desiredStatus).toBe("STOPPED");
  await world.clock.advance(3_600_000);
  expect(await world.dueRechecks()).toEqual([]);
});

test("sends one reminder for each of many overlapping stops, at constant cost", async () => {
  const world = await createWorld({ auth: {} });
  let reminders = 0;
  const reads: number[] = [];
  for (let minute = 0; minute < 20; minute += 1) {
    const calls = await world.callsOf(async () => {
      for (const id of [`stop-${minute}-1`, `stop-${minute}-2`, `stop-${minute}-3`]) {
        await serving(world, "auth", 1);
        await world.invoke(stopEvent(["auth"], { id }));
        await world.clock.advance(19_000);
        const due = await world.dueRechecks();
        reminders += due.length;
        if (due.length > 0) await world.invokeBatch(...due);
      }
    });
    reads.push((calls.ListTasks ?? 0) + (calls.DescribeTasks ?? 0));
  }
  expect(reminders).toBeLessThanOrEqual(60);
  // Three starts and three stops: two descriptions for each start, list, description and two more for each stop.
  expect(Math.max(...reads)).toBeLessThanOrEqual(3 * 2 + 3 * 4 + 4);
  await world.clock.advance(afterDraining);
  await world.invokeBatch(...(await world.dueRechecks()));
  expect(world.tasks().filter(({ desiredStatus }) => desiredStatus === "RUNNING")).toEqual([]);
}, 60_000);

test("keeps only the reminder that failed in the queue", async () => {
  const world = await createWorld({ auth: {}, pdf: { cluster: "others" } });
  const [task] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  await world.clock.advance(afterDraining);
  await world.dueRechecks();
  // Its cluster does not exist.
  const lost = { recheck: "pdf", tasks: [task!.arn], hop: 1 };
  const failed = await world.invokeBatch(lost, { recheck: "auth", tasks: [task!.arn], hop: 1 });
  expect(failed).toEqual(["m-1"]);
  expect(task!.desiredStatus).toBe("STOPPED");
  expect(await world.takeDlqMessages()).toEqual([]);
});

test("ignores a task of another service in a reminder", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const [task] = await serving(world, "auth", 1);
  expect(await world.invokeBatch({ recheck: "pdf", tasks: [task!.arn] })).toEqual([]);
  expect([await world.targets("auth"), await world.targets("pdf")]).toEqual([[targetOf(task!)], []]);
});

test("continues in another invocation when there is no time to mark all tasks, and marks none twice", async () => {
  const world = await createWorld({ auth: {} });
  const tasks = await serving(world, "auth", 400);
  let calls = await world.callsOf(() => world.invoke(stopEvent(["auth"])));
  expect(calls.TagResource).toBeGreaterThan(300);
  expect(calls.TagResource).toBeLessThan(400);
  const [rest, ...others] = (await world.dueRechecks()) as Record<string, unknown>[];
  expect([rest, others]).toEqual([
    {
      id: "stop-1",
      "detail-type": "Stop ECS Tasks",
      time: expect.any(String),
      detail: { services: ["auth"] },
      hop: 1,
    },
    [],
  ]);
  const before = calls.TagResource!;
  calls = await world.callsOf(() => world.invokeBatch(rest));
  expect(before + calls.TagResource!).toBe(400);
  expect(await world.targets("auth")).toEqual([]);
  await world.clock.advance(afterDraining);
  const reminders = (await world.dueRechecks()) as { tasks: string[] }[];
  expect(reminders.flatMap((reminder) => reminder.tasks)).toHaveLength(400);
  await world.invokeBatch(...reminders);
  expect(tasks.every(({ desiredStatus }) => desiredStatus === "STOPPED")).toBe(true);
  expect(await world.takeDlqMessages()).toEqual([]);
}, 60_000);

test("handles only its own tasks for a duplicate stop event", async () => {
  const world = await createWorld({ auth: {} });
  const [first] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  const [second] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"], { id: "stop-2" }));
  await world.invoke(stopEvent(["auth"], { id: "stop-2" }));
  await world.clock.advance(afterDraining);
  const reminders = (await world.dueRechecks()) as { tasks: string[] }[];
  expect(reminders.map((reminder) => reminder.tasks)).toEqual([[first!.arn], [second!.arn], [second!.arn]]);
});

test("handles a reminder when ECS does not find its task for a moment", async () => {
  const world = await createWorld({ auth: {} });
  const [task] = await serving(world, "auth", 1);
  await world.invoke(stopEvent(["auth"]));
  await world.clock.advance(afterDraining);
  const [reminder] = await world.dueRechecks();
  world.faults.set([{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 2 }]);
  await world.invokeBatch(reminder);
  expect(task!.desiredStatus).toBe("STOPPED");
  // The message is hours old, and ECS has forgotten the task.
  await world.clock.advance(2 * 3_600_000);
  const late = { ...record("m-1", reminder), attributes: { SentTimestamp: "0" } };
  const answer = await world.finish(world.startFunction().handler({ Records: [late] }, world.invocation()));
  expect(answer).toEqual({ batchItemFailures: [] });
});
