import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api") };
const long = "\u0001".repeat(300_000);
const longestLine = (world: World) => Math.max(...world.lines.map((line) => JSON.stringify(line).length));

test("launches an event with an id of 300 KB and writes no long log line", async () => {
  const world = await createWorld(routes);
  await world.invoke(startEvent("auth", long));
  expect(await world.invoke(world.handedOn[0])).toMatchObject({ duplicate: false });
  expect(await world.invoke({ ...startEvent("nobody", long.slice(0, 9_000)) })).toMatchObject({
    rejected: expect.stringContaining("unknown"),
  });
  expect(longestLine(world)).toBeLessThan(4_096);
});

test("replaces a request id of 300 KB in a DLQ message by its hash", async () => {
  const world = await createWorld(routes);
  const dlqMessage = { requestContext: { requestId: long }, requestPayload: startEvent("nobody") };
  await world.invoke({
    Records: [{ eventSource: "aws:sqs", messageId: "m", body: JSON.stringify(dlqMessage) }],
  });
  expect(await world.takeDlqMessages()).toMatchObject([
    { requestContext: { requestId: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ]);
});

test("truncates field names in a reason and replaces control characters", async () => {
  const world = await createWorld(routes);
  const { rejected } = (await world.invoke(
    startEvent("auth", "e1", { environment: { [`\u0001${"x".repeat(9_000)}`]: 7 } }),
  )) as { rejected: string };
  expect(rejected).toMatch(/^detail\.environment\. x{126}…: expected a string, found 7$/);
});

test("treats an end event with an impossible task ARN like any other event", async () => {
  const world = await createWorld(routes);
  const detail = {
    clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
    taskArn: "t".repeat(9_000),
    taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/auth-api:1",
    group: "route-auth",
    lastStatus: "STOPPED",
  };
  const event = { source: "aws.ecs", "detail-type": "ECS Task State Change", detail };
  expect(await world.invoke(event)).toMatchObject({ rejected: expect.stringContaining("detail.service") });
});
