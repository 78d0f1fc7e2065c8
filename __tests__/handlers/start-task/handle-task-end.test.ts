import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Route } from "../../../handlers/launch/route";
import type { InProcessOptions } from "../../../local/create-local-aws";
import type { Script } from "../../../local/ecs/task-runner";
import { stateChange } from "../register-targets/world";
import { createWorld, type ExtraSettings, route, startEvent, type World } from "./world";

const seconds = 1_000;
const minutes = 60 * seconds;
const exits3: Script = { durationMs: seconds, exitCode: 3 };
const exits0: Script = { durationMs: seconds };
const forever: Script = {};

/** Tasks run these scripts, one after the other. Further tasks exit with 0. */
const scripted = (...scripts: Script[]): InProcessOptions => ({
  containers: () => scripts.shift() ?? exits0,
});

const createAuth = async (
  more: Partial<Route>,
  options: InProcessOptions,
  environment: ExtraSettings = {},
) => {
  const world = await createWorld({ auth: route("auth-api", more) }, options, environment);
  return { world, latestEventOf: (index: number) => latestEventOf(world, index) };
};

/** The ECS event about the end of a task. */
const latestEventOf = (world: World, index: number) => {
  const news = world.taskEvents.filter(({ detail }) => detail.lastStatus === "STOPPED").map(stateChange);
  return news.find(({ detail }) => detail.taskArn === world.tasks()[index]?.arn);
};

const count = (world: World, metric: string): number =>
  world.metrics().filter((line) => metric in line && line.Service === "auth").length;

const start = async (world: World) => {
  await world.invoke(startEvent("auth"));
  await world.clock.advance(minutes);
};

describe("a task that succeeded", () => {
  test("is counted once when its end event is delivered twice", async () => {
    const { world, latestEventOf } = await createAuth({}, scripted());
    await start(world);
    expect(await world.invoke(latestEventOf(0))).toMatchObject({ service: "auth", end: "succeeded" });
    expect(await world.invoke(latestEventOf(0))).toMatchObject({
      ignored: expect.stringContaining("handled before"),
    });
    expect(count(world, "TasksSucceeded")).toBe(1);
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("gets its launch record when the launch could not write it", async () => {
    const { world, latestEventOf } = await createAuth({}, scripted());
    world.faults.set([
      { service: "s3", action: "PutObject", fault: "error", code: "InternalError", status: 500 },
    ]);
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow("S3 answered 500");
    world.faults.set([]);
    await world.clock.advance(minutes);
    await world.invoke(latestEventOf(0));
    // ECS forgets the token an hour after the task has stopped.
    await world.clock.advance(5 * 60 * minutes);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: true });
  });
});

test("counts a task that a user stops as stopped, without retry or DLQ message", async () => {
  const { world, latestEventOf } = await createAuth(
    { onFailure: { action: "dead_letter" } },
    scripted(forever),
  );
  await start(world);
  await world.ecs.send(new StopTaskCommand({ cluster: "engines", task: world.tasks()[0]?.arn }));
  await world.clock.advance(minutes);
  expect(await world.invoke(latestEventOf(0))).toMatchObject({ end: "stopped" });
  expect(count(world, "TasksStopped")).toBe(1);
  expect(await world.takeDlqMessages()).toEqual([]);
});

describe("a task that exits with 3", () => {
  test("is only counted with onFailure alarm", async () => {
    const { world, latestEventOf } = await createAuth({}, scripted(exits3));
    await start(world);
    expect(await world.invoke(latestEventOf(0))).toMatchObject({ end: "failed" });
    expect(world.metrics()).toContainEqual(
      expect.objectContaining({
        Service: "auth",
        TasksFailed: 1,
        Reason: "ExitCode",
        Function: "start-task",
      }),
    );
    expect(world.tasks()).toHaveLength(1);
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("is sent to the DLQ with onFailure dead_letter, and a redrive makes the next attempt once", async () => {
    const { world, latestEventOf } = await createAuth(
      { onFailure: { action: "dead_letter" } },
      scripted(exits3),
    );
    await start(world);
    await world.invoke(latestEventOf(0));
    const [dlqMessage] = await world.takeDlqMessages();
    expect(dlqMessage).toMatchObject({
      requestPayload: startEvent("auth"),
      responsePayload: {
        errorType: "TaskFailed",
        errorMessage: expect.stringMatching(
          /task .* failed \(ExitCode\): .*main exited with 3.* \(attempt 1\)/,
        ),
        attempt: 1,
      },
    });
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: false });
    await world.clock.advance(minutes);
    expect(await world.invoke(latestEventOf(1))).toMatchObject({ end: "succeeded" });
    // The next day, ECS has forgotten the token.
    await world.clock.advance(20 * 60 * minutes);
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: true });
  });

  test("is retried with backoff with onFailure retry, and sent to the DLQ after the last attempt", async () => {
    const queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/retries";
    const onFailure = { action: "retry", maxAttempts: 3, backoffSeconds: 30 } as const;
    const { world, latestEventOf } = await createAuth({ onFailure }, scripted(exits3, exits3, exits3), {
      RETRY_QUEUE_URL: queue,
    });
    await world.sqs.send(new CreateQueueCommand({ QueueName: "retries" }));
    const receive = async () => {
      const { Messages = [] } = await world.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue, VisibilityTimeout: 43_200 }),
      );
      return Messages.map(({ Body = "" }) => JSON.parse(Body));
    };
    await start(world);
    for (const [index, delay] of [30, 60].entries()) {
      expect(await world.invoke(latestEventOf(index))).toEqual({ handedOn: "retry" });
      await world.clock.advance(delay * seconds - 1);
      expect(await receive()).toEqual([]);
      await world.clock.advance(1);
      const [again] = await receive();
      expect(await world.invoke(again)).toMatchObject({ duplicate: false });
      await world.clock.advance(minutes);
    }
    await world.invoke(latestEventOf(2));
    expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual([undefined, "2", "3"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      { responsePayload: { errorType: "TaskFailed", attempt: 3 } },
    ]);
    expect(count(world, "TasksFailed")).toBe(3);
  });
});

describe("an interrupted task", () => {
  const interrupt = async (world: World, index: number) => {
    world.tasks()[index]?.stop("SpotInterruption", "Your Spot Task was interrupted.");
    await world.clock.advance(minutes);
  };

  test("is retried three times, then sent to the DLQ", async () => {
    const { world, latestEventOf } = await createAuth({}, scripted(forever, forever, forever, forever));
    await start(world);
    for (let index = 0; index < 4; index++) {
      await interrupt(world, index);
      await world.invoke(latestEventOf(index));
      await world.clock.advance(minutes);
    }
    expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual([undefined, "2", "3", "4"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      { responsePayload: { errorType: "TaskInterrupted", attempt: 4 } },
    ]);
    expect(count(world, "TasksInterrupted")).toBe(4);
  });

  test("is sent to the DLQ at once when interruptionRetries is 0", async () => {
    const { world, latestEventOf } = await createAuth({ interruptionRetries: 0 }, scripted(forever));
    await start(world);
    await interrupt(world, 0);
    await world.invoke(latestEventOf(0));
    expect(world.tasks()).toHaveLength(1);
    expect(await world.takeDlqMessages()).toMatchObject([
      { responsePayload: { errorType: "TaskInterrupted" } },
    ]);
  });
});

describe("a task of a former release that runs during the upgrade", () => {
  /** Makes a task look like one of a former release: another group, no launch id, no launch record. */
  const asBefore = (world: World) => {
    const [task] = world.tasks();
    Object.assign(task!.launch.input, { group: "route:auth", startedBy: "6f1c7ec4-0001" });
  };
  const launchedBefore = async (onFailure: Route["onFailure"], ...scripts: Script[]) => {
    const { world, latestEventOf } = await createAuth({ onFailure }, scripted(...scripts));
    world.faults.set([
      { service: "s3", action: "PutObject", fault: "error", code: "InternalError", status: 500 },
    ]);
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow("S3 answered 500");
    world.faults.set([]);
    asBefore(world);
    await world.clock.advance(minutes);
    return { world, news: latestEventOf(0) };
  };

  test("is counted when it succeeds", async () => {
    const { world, news } = await launchedBefore({ action: "alarm" }, exits0);
    expect(news?.detail).toMatchObject({ group: "route:auth" });
    expect(await world.invoke(news)).toMatchObject({ service: "auth", end: "succeeded" });
    expect(count(world, "TasksSucceeded")).toBe(1);
  });

  test("is sent to the DLQ with its event when it fails, and a redrive launches it", async () => {
    const { world, news } = await launchedBefore({ action: "dead_letter" }, exits3);
    await world.invoke(news);
    const [dlqMessage] = await world.takeDlqMessages();
    expect(dlqMessage).toMatchObject({ requestPayload: startEvent("auth"), responsePayload: { attempt: 1 } });
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: false });
    expect(world.launches()[1]).toMatchObject({ group: "route-auth" });
  });
});
