import fc from "fast-check";
import type { Rejected } from "../../../handlers/register-targets/outcomes";
import { createWorld, functionArn, served, stopEvent, sweep, targetOf } from "./world";

test("sends a stop event with an unknown service to the DLQ and stops nothing", async () => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const task = await world.run("auth");
  await world.invoke(world.latestEventOf(task));
  const event = stopEvent(["auth", "nobody"]);
  expect(await world.invoke(event, "request-9")).toEqual({
    rejected: 'services: "nobody" unknown; known services: auth, pdf',
  });
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  expect(task.tags).toEqual([]);
  expect(await world.takeDlqMessages()).toMatchObject([
    {
      requestContext: { requestId: "request-9", functionArn, condition: "Rejected" },
      requestPayload: event,
      responsePayload: { errorType: "UnknownService" },
    },
  ]);
  expect(world.lines.filter((line) => "Failures" in line)).toMatchObject([
    { Service: "unknown", Reason: "UnknownService" },
  ]);
});

test.each([
  ["nothing", null, "event: expected an object, found null"],
  ["text", "stop", 'event: expected an object, found "stop"'],
  ["a list", [], "event: expected an object, found []"],
  ["no type", {}, "detail-type: expected a value, found nothing"],
  [
    "another type",
    { "detail-type": "Start ECS Task" },
    'detail-type: expected one of "ECS Task State Change", "Scheduled Event", "Sweep", "Stop ECS Tasks", found "Start ECS Task"',
  ],
  ["a name that every object has", { "detail-type": "constructor" }, 'found "constructor"'],
  [
    "a change without its detail",
    { "detail-type": "ECS Task State Change" },
    "detail: expected a value, found nothing",
  ],
  [
    "a change of a task without name",
    {
      "detail-type": "ECS Task State Change",
      detail: { clusterArn: "c", taskDefinitionArn: "d", lastStatus: "RUNNING" },
    },
    "detail.taskArn: expected a value, found nothing",
  ],
  [
    "services that are no list",
    { "detail-type": "Stop ECS Tasks", detail: { services: "auth" } },
    'detail.services: expected an array, found "auth"',
  ],
  [
    "an empty list of services",
    stopEvent([]),
    "detail.services: expected at least one service, or no such field for all services, found []",
  ],
  [
    "one service where a list is meant",
    { "detail-type": "Stop ECS Tasks", detail: { service: "auth" } },
    'detail.service: expected no such field, found "auth"',
  ],
  [
    "a change of a task whose name is no ARN",
    {
      "detail-type": "ECS Task State Change",
      detail: { clusterArn: "c", taskArn: "t", taskDefinitionArn: "d", lastStatus: "RUNNING" },
    },
    'detail.taskArn: expected the ARN of a task, found "t"',
  ],
  [
    "more services than there can be",
    stopEvent(Array.from({ length: 1_001 }, () => "auth")),
    "detail.services: expected at most 1000 services, found an array of 1001",
  ],
  [
    "a version that nothing can be newer than",
    {
      "detail-type": "ECS Task State Change",
      detail: {
        clusterArn: "c",
        taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/engines/${"0".repeat(32)}`,
        taskDefinitionArn: "d",
        lastStatus: "RUNNING",
        version: 1e308,
      },
    },
    "detail.version: expected a whole number from 0 to 1000000, found 1e+308",
  ],
  ["a recheck of nothing", { recheck: 7 }, "recheck: expected a string, found 7"],
  [
    "a recheck of no task",
    { recheck: "auth", tasks: [] },
    "tasks: expected at least one task, or no such field for all tasks, found []",
  ],
  [
    "a recheck of too many tasks",
    {
      recheck: "auth",
      tasks: Array.from({ length: 101 }, () => `arn:aws:ecs:eu-west-1:123456789012:task/e/${"0".repeat(32)}`),
    },
    "tasks: expected at most 100 tasks, found an array of 101",
  ],
  ["a recheck beyond the last hop", { recheck: "auth", hop: 13 }, "hop: expected at most 12"],
  [
    "a recheck of an unknown service",
    { recheck: "nobody" },
    'services: "nobody" unknown; known services: auth',
  ],
])("sends the input to the DLQ with the reason when it is %s", async (_, event, complaint) => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  expect(await world.invoke(event)).toEqual({ rejected: expect.stringContaining(complaint) });
  expect(await world.takeDlqMessages()).toMatchObject([
    { requestPayload: event, responsePayload: { errorMessage: expect.stringContaining(complaint) } },
  ]);
  expect(task.desiredStatus).toBe("RUNNING");
});

const arnOf = (cluster: string) => `arn:aws:ecs:eu-west-1:123456789012:task/${cluster}/${"0".repeat(32)}`;

/** Mostly valid values. */
const mostly = <T>(...meant: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...meant) }, { weight: 1, arbitrary: fc.jsonValue() });
const almost = fc.record(
  {
    id: mostly("event-1"),
    time: mostly("2026-01-01T00:00:00Z", "yesterday"),
    "detail-type": mostly("ECS Task State Change", "Scheduled Event", "Sweep", "Stop ECS Tasks", "Other"),
    detail: fc.oneof(
      { weight: 1, arbitrary: fc.jsonValue() },
      {
        weight: 9,
        arbitrary: fc.record(
          {
            clusterArn: mostly("engines"),
            taskArn: fc.oneof(
              { weight: 3, arbitrary: fc.constantFrom(arnOf("engines"), arnOf("elsewhere")) },
              { weight: 1, arbitrary: fc.jsonValue() },
              { weight: 1, arbitrary: fc.string() },
            ),
            taskDefinitionArn: mostly("auth-api:1", "auth-api"),
            group: mostly("route:auth", "route-auth", "route:", "route:__proto__"),
            lastStatus: mostly("RUNNING", "STOPPED"),
            version: mostly(1, 99),
            services: mostly(["auth"], ["auth", "nobody"], ["__proto__"]),
            service: fc.jsonValue(),
          },
          { requiredKeys: ["clusterArn", "taskArn", "taskDefinitionArn", "lastStatus", "group"] },
        ),
      },
    ),
  },
  { requiredKeys: ["detail-type"] },
);

test("handles, throws or sends to the DLQ every random input, and drops none", async () => {
  const world = await createWorld({ auth: {} });
  const ends = { served: 0, rejected: 0, thrown: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: almost }, { weight: 1, arbitrary: fc.jsonValue() }),
      async (input) => {
        const outcome = await world.invoke(input).catch((error: Error) => ({ thrown: error.name }));
        const dlqMessages = await world.takeDlqMessages();
        if ("rejected" in outcome) {
          expect(dlqMessages).toMatchObject([{ responsePayload: { errorMessage: outcome.rejected } }]);
          ends.rejected += 1;
        } else {
          expect(dlqMessages).toEqual([]);
          if ("thrown" in outcome) ends.thrown += 1;
          else {
            served(outcome);
            ends.served += 1;
          }
        }
      },
    ),
    { seed: 17, numRuns: 200 },
  );
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(0);
}, 30_000);

test("limits the length of a reason when an event has many long names", async () => {
  const world = await createWorld({ auth: {} });
  const names = Array.from({ length: 900 }, (_, n) => `${"x".repeat(n % 100 === 0 ? 5_000 : 5)}${n}`);
  const { rejected = "" } = (await world.invoke(stopEvent(names))) as Partial<Rejected>;
  expect(rejected).toMatch(
    /^services: "x{77}\.\.\.", "xxxxx1", .* and 895 more unknown; known services: auth$/,
  );
  expect(rejected.length).toBeLessThan(1000);
  // The stack repeats the reason.
  for (const line of world.lines) expect(JSON.stringify(line).length).toBeLessThan(5_000);
});

test("handles a redriven DLQ message like the event itself", async () => {
  const world = await createWorld({ auth: {} });
  await world.invoke(stopEvent(["later"]));
  const [dlqMessage] = await world.takeDlqMessages();
  expect(await world.invoke(dlqMessage)).toEqual({ rejected: expect.stringContaining('"later" unknown') });
  expect((await world.takeDlqMessages())[0]?.requestPayload).toEqual(stopEvent(["later"]));

  const task = await world.run("auth");
  const failureRecord = {
    requestContext: { requestId: "request-1", condition: "RetriesExhausted" },
    requestPayload: world.latestEventOf(task),
    responsePayload: { errorMessage: "Rate exceeded" },
  };
  await world.invoke({
    Records: [{ eventSource: "aws:sqs", messageId: "m-1", body: JSON.stringify(failureRecord) }],
  });
  expect(await world.targets("auth")).toEqual([targetOf(task)]);
  await world.invoke({ ...failureRecord, requestPayload: sweep });
  expect(await world.takeDlqMessages()).toEqual([]);
});
