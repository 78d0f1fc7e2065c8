import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { InProcessOptions } from "../../../local/create-local-aws";
import { stateChange } from "../../../testing/state-change";
import {
  createWorld,
  mapping,
  mappingFile,
  mappingKey,
  securityHubEvent,
  testEvent,
  type World,
} from "./world";

const minute = 60_000;
const event = testEvent("a-bucket", { id: "e1" });
const run = { finding: "e1", resource: "a-bucket", mapping: "s3-create-bucket" };
const retry = (maxAttempts: number) => ({
  ECS_LAUNCH_SETTINGS: JSON.stringify({ onFailure: { action: "retry", maxAttempts, backoffSeconds: 60 } }),
});

/** Tasks run for a minute and exit with these codes, one after the other, and then with 0. */
const exitingWith = (...exitCodes: number[]): InProcessOptions => ({
  containers: () => ({ durationMs: minute, exitCode: exitCodes.shift() ?? 0 }),
});

/** Lets the tasks end, and invokes the function with the last end. */
const endTasks = async (world: World) => {
  await world.clock.advance(2 * minute);
  const ends = world.taskEvents.filter(({ detail }) => detail.lastStatus === "STOPPED").map(stateChange);
  return world.invoke(ends.at(-1));
};

/** Receives the retry that waits, and invokes the function with it. */
const makeRetry = async (world: World) => {
  await world.clock.advance(15 * minute);
  const { Messages: [message] = [] } = await world.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: world.innerQueue, VisibilityTimeout: 43_200 }),
  );
  const record = { eventSource: "aws:sqs", messageId: message?.MessageId, body: message?.Body };
  return world.invoke({ Records: [record] });
};

test("counts a policy run that succeeded", async () => {
  const world = await createWorld();
  await world.invoke(event);
  expect(await endTasks(world)).toMatchObject({ service: "custodian-worker", end: "succeeded" });
  expect(world.counts("TasksSucceeded")).toEqual({ "": 1 });
});

test("retries a failed run with the policy of then, in spite of the cooldown, and then sends it to the DLQ", async () => {
  const world = await createWorld(retry(2), exitingWith(2, 2));
  await world.put(mappingKey, mappingFile([mapping({ cooldown_seconds: 86_400 })]));
  await world.invoke(event);
  expect(await endTasks(world)).toEqual({ handedOn: "retry" });
  await world.put("policies/s3-createbucket.yml", "policies: [] # corrected");
  expect(await makeRetry(world)).toEqual({ batchItemFailures: [] });
  expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual([undefined, "2"]);
  const [first, second] = await world.payloads();
  expect(second).toEqual({ ...first, policy: { ...second?.policy, version_id: "version-2" } });

  expect(await endTasks(world)).toEqual({ rejected: expect.stringContaining("(attempt 2)") });
  const [message] = await world.takeDlqMessages();
  expect(message).toMatchObject({
    requestPayload: { event, run },
    responsePayload: { errorType: "TaskFailed", attempt: 2 },
  });
  expect(world.counts("TasksFailed")).toEqual({ ExitCode: 2 });

  // Its redrive is the third attempt.
  await world.invoke(message);
  expect(world.variables().map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toContain("3");
});

test("retries only the run that failed", async () => {
  const world = await createWorld(retry(2), exitingWith(0, 2));
  await world.put(mappingKey, mappingFile([mapping({ match: { source: ["*"] } })]));
  await world.invoke(securityHubEvent([{ id: "f1", buckets: ["a", "b"] }]));
  expect(await endTasks(world)).toEqual({ handedOn: "retry" });
  await makeRetry(world);
  const ids = (await world.payloads()).map(({ finding }) => finding.resource?.id);
  expect(ids).toHaveLength(3);
});

test.each([
  ["in the environment", ""],
  ["by reference", "x".repeat(20_000)],
])("restores a launch record that a crash has lost from the payload %s", async (_what, text) => {
  const world = await createWorld(
    { ECS_LAUNCH_SETTINGS: JSON.stringify({ onFailure: { action: "dead_letter" } }) },
    exitingWith(2),
  );
  const long = { ...event, detail: { ...event.detail, text } };
  const isRecord = { service: "s3", action: "PutObject" };
  const writes = text === "" ? 1 : 2;
  world.faults.set([
    { ...isRecord, fault: "none", times: writes },
    { ...isRecord, fault: "error", code: "SlowDown", status: 503 },
  ]);
  await expect(world.invoke(long)).rejects.toThrow("S3 answered 503");
  world.faults.set([]);
  expect(await endTasks(world)).toEqual({ rejected: expect.stringContaining("exited with 2") });
  expect(await world.takeDlqMessages()).toMatchObject([{ requestPayload: { event: long, run } }]);
  // The event that was not acknowledged is a duplicate.
  expect((await world.invoke(long)).runs).toMatchObject([{ duplicate: true }]);
  expect(world.counts("Duplicates")).toEqual({ "": 1 });
});

test("ignores the end of a task of another service", async () => {
  const world = await createWorld();
  await world.invoke(event);
  await world.clock.advance(2 * minute);
  const end = world.taskEvents
    .filter(({ detail }) => detail.lastStatus === "STOPPED")
    .map(stateChange)
    .at(-1)!;
  expect(await world.invoke({ ...end, detail: { ...end.detail, group: "route-other" } })).toEqual({
    ignored: expect.stringContaining("belongs to no service"),
  });
});
