import { DeleteTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createWorld, functionArn, served, sweep, targetOf } from "./world";

test.each([
  // Three attempts of the SDK, each retried three times by the function.
  ["a throttle", { fault: "throttle" }, 12],
  ["an internal error", { fault: "error", code: "InternalFailure", status: 500 }, 3],
  ["a broken connection", { fault: "reset", when: "before" }, 3],
  ["a broken connection after the effect", { fault: "reset", when: "after" }, 3],
] as const)(
  "retries after %s of RegisterTargets, and throws when all retries fail",
  async (_, fault, tries) => {
    const world = await createWorld({ auth: {} });
    const task = await world.run("auth");
    const event = world.latestEventOf(task);
    const register = { service: "elasticloadbalancing", action: "RegisterTargets" };
    world.faults.set([{ ...fault, ...register, times: tries - 1 }]);
    await world.invoke(event);
    expect(await world.targets("auth")).toEqual([targetOf(task)]);

    const second = await world.run("auth");
    world.faults.set([{ ...fault, ...register, times: tries }]);
    await expect(world.invoke(world.latestEventOf(second))).rejects.toThrow();
    expect(second.desiredStatus).toBe("RUNNING");
    await world.invoke(world.latestEventOf(second));
    expect(await world.targets("auth")).toEqual([targetOf(task), targetOf(second)]);
    expect(await world.takeDlqMessages()).toEqual([]);
  },
);

test("stops the task and sends the reason to the DLQ when the target group does not exist", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: world.routes.auth!.targetGroup }));
  const event = world.latestEventOf(task);
  const report = served(await world.invoke(event, "request-7"));
  expect(report.auth).toMatchObject({ registered: [], stopped: [task.arn] });
  expect(task.desiredStatus).toBe("STOPPED");
  expect(task.stoppedReason).toContain("RegisterTargets: TargetGroupNotFoundException");
  expect(await world.takeDlqMessages()).toEqual([
    {
      version: "1.0",
      timestamp: expect.any(String),
      requestContext: {
        requestId: "request-7",
        functionArn,
        condition: "Rejected",
        approximateInvokeCount: 1,
      },
      requestPayload: JSON.parse(JSON.stringify(event)),
      responsePayload: {
        errorType: "TargetGroupNotFoundException",
        errorMessage: expect.stringContaining(`auth: ${task.arn} is stopped: RegisterTargets`),
      },
    },
  ]);
  expect(world.lines.filter((line) => "RegistrationFailures" in line)).toMatchObject([
    { Service: "auth", Reason: "TargetGroupNotFoundException", RegistrationFailures: 1 },
  ]);
  await world.clock.advance(5000);
  expect(served(await world.invoke(world.latestEventOf(task))).auth?.stopped).toEqual([]);
});

test("registers the targets that fit and stops the other tasks when the target group is full", async () => {
  const world = await createWorld({ auth: {} });
  const first = await world.run("auth");
  const second = await world.run("auth");
  world.faults.set([
    // All together, then the second one alone.
    {
      service: "elasticloadbalancing",
      action: "RegisterTargets",
      fault: "error",
      code: "TooManyTargets",
      times: 1,
    },
    { service: "elasticloadbalancing", action: "RegisterTargets", fault: "none", times: 1 },
    {
      service: "elasticloadbalancing",
      action: "RegisterTargets",
      fault: "error",
      code: "TooManyTargets",
      times: 1,
    },
  ]);
  await world.invoke(sweep);
  expect(await world.targets("auth")).toEqual([targetOf(first)]);
  expect([first.desiredStatus, second.desiredStatus]).toEqual(["RUNNING", "STOPPED"]);
  const dlqMessages = await world.takeDlqMessages();
  expect(dlqMessages.map(({ responsePayload }) => responsePayload.errorType)).toEqual([
    "TooManyTargetsException",
  ]);
  expect(world.metric("TargetsRegistered")).toEqual([1]);
});

test("throws and stops no task when a permission is missing", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  world.faults.set([
    {
      service: "elasticloadbalancing",
      action: "RegisterTargets",
      fault: "error",
      code: "AccessDenied",
      status: 403,
    },
  ]);
  await expect(world.invoke(world.latestEventOf(task))).rejects.toThrow("AccessDenied");
  expect(task.desiredStatus).toBe("RUNNING");
});

test("throws when StopTask fails after the DLQ message was sent, and a sweep stops the task", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: world.routes.auth!.targetGroup }));
  world.faults.set([{ service: "ecs", action: "StopTask", fault: "throttle" }]);
  await expect(world.invoke(world.latestEventOf(task))).rejects.toThrow("Rate exceeded");
  expect((await world.takeDlqMessages()).length).toBe(1);
  expect(task.desiredStatus).toBe("RUNNING");
  world.faults.set([]);
  await world.invoke(sweep);
  expect(task.desiredStatus).toBe("STOPPED");
});

test("does not stop a task before its DLQ message is sent", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: world.routes.auth!.targetGroup }));
  world.faults.set([{ service: "sqs", action: "SendMessage", fault: "throttle", times: 3 }]);
  await expect(world.invoke(world.latestEventOf(task))).rejects.toThrow("Rate exceeded");
  expect(task.desiredStatus).toBe("RUNNING");
});

test("keeps a target registered when it is unhealthy or its target group has no listener", async () => {
  const world = await createWorld(
    { sick: {}, idle: {} },
    { targetHealth: () => false, unusedTargetGroups: ["idle"] },
  );
  for (const service of ["sick", "idle"]) {
    const task = await world.run(service);
    await world.invoke(world.latestEventOf(task));
    await world.clock.advance(120_000);
    await world.invoke(sweep);
    const state = service === "sick" ? "unhealthy" : "unused";
    expect(await world.members(service)).toEqual({ [targetOf(task)]: state });
    expect(task.desiredStatus).toBe("RUNNING");
  }
  expect(world.metric("TargetsRegistered")).toEqual([1, 1]);
});

test("throws when the target group is out of sync after five checks", async () => {
  const world = await createWorld({ auth: {} });
  await world.run("auth");
  let registrations = 0;
  const { handler } = world.startFunction(({ elb }) =>
    elb.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName !== "RegisterTargetsCommand") return next(args);
          registrations += 1;
          return Promise.resolve({ output: { $metadata: {} }, response: {} });
        },
      { step: "initialize" },
    ),
  );
  const call = handler(sweep, world.invocation());
  await expect(world.finish(call)).rejects.toThrow("auth: out of sync after 5 checks");
  expect(registrations).toBe(4);
});
