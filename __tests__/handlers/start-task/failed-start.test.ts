import type { InProcessOptions } from "../../../local/create-local-aws";
import { stateChange } from "../register-targets/world";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api", { allowOverrides: ["command"] }), pdf: route("pdf-creator") };
const seconds = 1_000;
const minutes = 60 * seconds;
const network = "Timeout waiting for network interface provisioning to complete.";
const noImage = "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found";

/** Tasks fail to start for these reasons, one after the other, and then run. */
const failingFor = (...reasons: string[]): InProcessOptions => ({
  containers: () => ({ failsToStart: reasons.shift() }),
});

/** The ECS events of the tasks that have failed to start so far. */
const failures = (world: World) =>
  world.taskEvents
    .filter(({ detail }) => detail.lastStatus === "STOPPED" && detail.stopCode === "TaskFailedToStart")
    .map(stateChange);

/** Sends a start event, and the end event of every task that fails to start. */
const play = async (world: World, event: unknown) => {
  await world.invoke(event);
  await world.clock.advance(2 * seconds);
  for (let followed = 0; followed < failures(world).length; followed++) {
    await world.invoke(failures(world)[followed]);
    await world.clock.advance(2 * seconds);
  }
};

const attempts = (world: World) => world.variables().map(({ LAUNCH_ATTEMPT = "1" }) => LAUNCH_ATTEMPT);

describe("a task that failed to start for a transient reason", () => {
  test.each([
    network,
    "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): dial tcp 10.0.0.9:443: i/o timeout",
    "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.",
    "ResourceInitializationError: unable to pull secrets or registry auth: ThrottlingException: Rate exceeded",
    "ResourceInitializationError: failed to validate logger args: context deadline exceeded",
    "EMPTY CAPACITY PROVIDER",
    "RESOURCE:MEMORY",
    "AGENT",
    "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s",
  ])("is retried: %s", async (reason) => {
    const world = await createWorld(routes, failingFor(reason));
    await play(world, startEvent("auth", "e1", { command: ["serve"] }));
    const [first, second] = world.launches();
    expect(attempts(world)).toEqual(["1", "2"]);
    expect(second).toMatchObject({ group: "route-auth", startedBy: expect.stringMatching(/^e1\//) });
    expect(second?.overrides?.containerOverrides?.[0]?.command).toEqual(["serve"]);
    expect(second?.clientToken).not.toBe(first?.clientToken);
    expect(world.variables()[1]?.EVENT_PAYLOAD).toBe(world.variables()[0]?.EVENT_PAYLOAD);
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("is launched three times, then its event is sent to the DLQ with the reason", async () => {
    const world = await createWorld(routes, failingFor(network, network, network));
    const event = startEvent("auth");
    await play(world, event);
    expect(attempts(world)).toEqual(["1", "2", "3"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      {
        requestPayload: event,
        responsePayload: {
          errorType: "TaskFailedToStart",
          errorMessage: expect.stringContaining(`failed to start: ${network} (attempt 3)`),
          attempt: 3,
        },
      },
    ]);
  });

  test("is retried once when its end event is delivered five times", async () => {
    const world = await createWorld(routes, failingFor(network));
    await world.invoke(startEvent("auth"));
    await world.clock.advance(2 * seconds);
    const [failed] = failures(world);
    await Promise.all([1, 2, 3].map(() => world.invoke(failed)));
    await world.clock.advance(minutes);
    for (let n = 0; n < 2; n++)
      expect(await world.invoke(failed)).toMatchObject({
        ignored: expect.stringContaining("handled before"),
      });
    expect(attempts(world)).toEqual(["1", "2"]);
  });

  test("leads to one running task when a duplicate of its event comes meanwhile", async () => {
    const world = await createWorld(routes, failingFor(network));
    await play(world, startEvent("auth"));
    await world.clock.advance(minutes);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: true });
    expect(world.tasks().filter(({ times }) => times.startedAt)).toHaveLength(1);
  });

  test("is retried with its event when the event is stored in S3", async () => {
    const world = await createWorld(routes, failingFor(network));
    const event = startEvent("auth", "e1", { text: "x".repeat(20_000) });
    await play(world, event);
    const [first, second] = world.variables();
    expect(second).toEqual({ ...first, LAUNCH_ATTEMPT: "2" });
    expect(first?.EVENT_PAYLOAD_REF).toMatch(/^s3:/);
  });

  test("is retried with the service that its rule names", async () => {
    const world = await createWorld(routes, failingFor(network, network, network));
    const finding = { ...startEvent("pdf", "f1"), detail: { findings: [{ Id: "f-1" }] } };
    await play(world, { service: "auth", event: finding });
    expect(world.launches().map(({ group }) => group)).toEqual(["route-auth", "route-auth", "route-auth"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: { service: "auth", event: finding }, responsePayload: { attempt: 3 } },
    ]);
  });

  test("is retried with the same replacement id when its event has none", async () => {
    const world = await createWorld(routes, failingFor(network));
    await play(world, { detail: { service: "auth" } });
    expect(world.launches().map(({ startedBy }) => startedBy?.split("/")[0])).toEqual([
      "request-1",
      "request-1",
    ]);
  });
});

describe("a task that failed to start for a permanent reason", () => {
  test.each([
    noImage,
    "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: not authorized",
    "CannotStartContainerError: exec: no such file or directory",
  ])("is sent to the DLQ at once: %s", async (reason) => {
    const world = await createWorld(routes, failingFor(reason));
    const event = startEvent("auth");
    await play(world, event);
    expect(world.tasks()).toHaveLength(1);
    expect(await world.takeDlqMessages()).toMatchObject([
      {
        requestContext: { condition: "Rejected" },
        requestPayload: event,
        responsePayload: { errorMessage: expect.stringContaining(reason), attempt: 1 },
      },
    ]);
  });

  test("is launched once when its event is redriven twice", async () => {
    const world = await createWorld(routes, failingFor(noImage));
    await play(world, startEvent("auth"));
    const [dlqMessage] = await world.takeDlqMessages();
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: false });
    await world.clock.advance(minutes);
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: true });
    expect(attempts(world)).toEqual(["1", "2"]);
  });

  test("is sent to the DLQ again when its redrive fails", async () => {
    const world = await createWorld(routes, failingFor(noImage, noImage));
    await play(world, startEvent("auth"));
    const [dlqMessage] = await world.takeDlqMessages();
    await world.invoke(dlqMessage);
    await world.clock.advance(2 * seconds);
    await world.invoke(failures(world)[1]);
    const [second] = await world.takeDlqMessages();
    expect(second).toMatchObject({ responsePayload: { attempt: 2 } });
    await world.invoke(second);
    expect(attempts(world)).toEqual(["1", "2", "3"]);
  });
});

describe("a retry of a failed start", () => {
  const failedOnce = async () => {
    const world = await createWorld(routes, failingFor(network));
    await world.invoke(startEvent("auth"));
    await world.clock.advance(2 * seconds);
    return { world, failed: failures(world)[0] };
  };

  test("throws a transient error, so that Lambda retries", async () => {
    const { world, failed } = await failedOnce();
    world.faults.set([
      { service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity", times: 3 },
    ]);
    await expect(world.invoke(failed)).rejects.toMatchObject({ name: "CapacityUnavailable" });
    expect(await world.invoke(failed)).toMatchObject({ duplicate: false });
  });

  test("succeeds when the end event is redriven after all retries failed", async () => {
    const { world, failed } = await failedOnce();
    world.faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity" }]);
    for (let n = 0; n < 3; n++) {
      await expect(world.invoke(failed)).rejects.toMatchObject({ name: "CapacityUnavailable" });
    }
    world.faults.set([]);
    // ECS has forgotten the task, so the launch record is used.
    await world.clock.advance(20 * 60 * minutes);
    const dlqMessage = {
      requestContext: { requestId: "of-the-failed-invocation" },
      requestPayload: failed,
      responsePayload: { errorType: "CapacityUnavailable", errorMessage: "no capacity" },
    };
    expect(await world.invoke(dlqMessage)).toMatchObject({ service: "auth", duplicate: false });
    expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual(["2"]);
  });

  test("succeeds when the end event is redriven at once after ECS refused the placement", async () => {
    const world = await createWorld(routes, { ...failingFor(network), failuresUseUpTokens: true });
    await world.clock.advance(30 * 60 * minutes);
    await world.invoke(startEvent("auth"));
    await world.clock.advance(2 * seconds);
    const [failed] = failures(world);
    world.faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity" }]);
    await expect(world.invoke(failed)).rejects.toMatchObject({ name: "CapacityUnavailable" });
    world.faults.set([]);
    const dlqMessage = {
      timestamp: world.clock.now().toISOString(),
      requestContext: { requestId: "of-the-failed-invocation" },
      requestPayload: failed,
    };
    expect(await world.invoke(dlqMessage)).toMatchObject({ service: "auth", duplicate: false });
  });

  test("throws when the task has no launch record and ECS has forgotten it", async () => {
    const { world, failed } = await failedOnce();
    const { startedBy: _, ...former } = failed!.detail as Record<string, unknown>;
    await world.clock.advance(61 * minutes);
    await expect(world.invoke({ ...failed, detail: former })).rejects.toMatchObject({ name: "TaskMissing" });
  });

  test("works when the end event comes from an SQS queue", async () => {
    const { world, failed } = await failedOnce();
    const message = { messageId: "m1", body: JSON.stringify(failed), eventSource: "aws:sqs" };
    expect(await world.invoke({ Records: [message] })).toEqual({ batchItemFailures: [] });
    expect(attempts(world)).toEqual(["1", "2"]);
  });
});

describe("ignores unrelated tasks", () => {
  const stopped = async (world: World) => {
    await world.clock.advance(5 * seconds);
    return world.taskEvents.filter(({ detail }) => detail.lastStatus === "STOPPED").map(stateChange)[0];
  };
  const expectIgnored = async (world: World, event: unknown) => {
    expect(await world.invoke(event)).toEqual({ ignored: expect.stringContaining("task ") });
    expect(world.tasks()).toHaveLength(1);
    expect(await world.takeDlqMessages()).toEqual([]);
  };

  test.each<[string, Record<string, unknown>]>([
    ["of another launcher's service", { group: "route-other" }],
    ["of no service", { group: "family:auth-api" }],
    [
      "of another family",
      { taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/other:1" },
    ],
    ["of another cluster", { clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/other" }],
    ["called like a part of every object", { group: "route-constructor" }],
  ])("a task %s", async (_what, different) => {
    const world = await createWorld(routes, failingFor(network));
    await world.invoke(startEvent("auth"));
    const event = await stopped(world);
    await expectIgnored(world, { ...event, detail: { ...event?.detail, ...different } });
  });
});
