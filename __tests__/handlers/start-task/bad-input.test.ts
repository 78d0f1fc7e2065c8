import fc from "fast-check";
import type { Overridable } from "../../../handlers/launch/overridable";
import { createWorld, route, startEvent, type World } from "./world";

const routes = {
  auth: route("auth-api", { port: 8080 }),
  pdf: route("pdf-creator"),
  pdfLarge: route("pdf-creator", { cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines" }),
};

const reasonFor = async (world: World, event: unknown): Promise<string> => {
  const result = await world.invoke(event);
  const dlqMessages = await world.takeDlqMessages();
  const { requestPayload, responsePayload } = dlqMessages[0]!;
  expect(dlqMessages).toHaveLength(1);
  expect(requestPayload).toEqual(event ?? null);
  expect(result).toEqual({ rejected: responsePayload.errorMessage });
  expect(world.tasks()).toHaveLength(0);
  return responsePayload.errorMessage;
};

describe("sends a malformed event to the DLQ with field and reason:", () => {
  test.each<[string, unknown, string]>([
    ["nothing", undefined, "event: expected an object, found nothing"],
    ["null", null, "event: expected an object, found null"],
    ["text", "start auth", 'event: expected an object, found "start auth"'],
    ["a list", [startEvent("auth")], "event: expected an object, found an array of 1"],
    ["no detail", { id: "1" }, "detail: expected a value, found nothing"],
    ["detail a list", { id: "1", detail: ["auth"] }, "detail: expected an object, found an array of 1"],
    [
      "service a number",
      startEvent("auth", "1", { service: 7 }),
      "detail.service: expected a string, found 7",
    ],
    ["service empty", startEvent(""), 'detail.service: expected a text that is not empty, found ""'],
    [
      "neither service nor definition",
      { id: "1", detail: {} },
      "detail.service: expected a string, found nothing",
    ],
    ["an empty id", startEvent("auth", ""), 'id: expected a text that is not empty, found ""'],
    ["an id that is no text", { ...startEvent("auth"), id: 7 }, "id: expected a string, found 7"],
    [
      "a subnet that is no text",
      startEvent("auth", "1", { subnets: ["subnet-a", 7] }),
      "detail.subnets[1]: expected a string, found 7",
    ],
    [
      "no subnets",
      startEvent("auth", "1", { subnets: [] }),
      "detail.subnets: expected at least one entry, found []",
    ],
    [
      "a port too high",
      startEvent("auth", "1", { port: 65536 }),
      "detail.port: expected a port from 1 to 65535, found 65536",
    ],
    [
      "a port as text",
      startEvent("auth", "1", { port: "8080" }),
      'detail.port: expected a number, found "8080"',
    ],
    ["cpu a number", startEvent("auth", "1", { cpu: 512 }), "detail.cpu: expected a string, found 512"],
    [
      "memory no number",
      startEvent("auth", "1", { memory: "1 GB" }),
      'detail.memory: expected a whole number as a string, such as "512", found "1 GB"',
    ],
    [
      "a variable that the launch sets",
      startEvent("auth", "1", { environment: { EVENT_PAYLOAD: "x" } }),
      "detail.environment.EVENT_PAYLOAD: expected another name, because the launch sets this variable",
    ],
    [
      "the attempt, which the launch counts",
      startEvent("auth", "1", { environment: { LAUNCH_ATTEMPT: "2" } }),
      "detail.environment.LAUNCH_ATTEMPT: expected another name, because the launch sets this variable",
    ],
    [
      "a variable that is no text",
      startEvent("auth", "1", { environment: { SIZE: 7 } }),
      "detail.environment.SIZE: expected a string, found 7",
    ],
  ])("%s", async (_name, event, reason) => {
    expect(await reasonFor(await createWorld(routes), event)).toContain(reason);
  });

  test("names all invalid fields at once", async () => {
    const world = await createWorld(routes);
    expect(await reasonFor(world, { id: 7, detail: { service: 8 } })).toBe(
      "id: expected a string, found 7; detail.service: expected a string, found 8",
    );
  });

  test("launches every random input or sends it to the DLQ with a reason", async () => {
    const world = await createWorld(routes);
    const service = fc.oneof(
      fc.constantFrom("auth", "pdf"),
      fc.string(),
      fc.constant("__proto__"),
      fc.jsonValue(),
    );
    const likely = fc.record(
      {
        id: fc.oneof(fc.uuid(), fc.jsonValue()),
        detail: fc.record({ service, port: fc.jsonValue() }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), likely), async (event) => {
        const before = world.tasks().length;
        const result = await world.invoke(event);
        const dlqMessages = await world.takeDlqMessages();
        expect(world.tasks().length - before + dlqMessages.length).toBe(1);
        for (const { responsePayload } of dlqMessages) {
          expect(responsePayload.errorMessage).not.toBe("");
          expect(result).toEqual({ rejected: responsePayload.errorMessage });
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe("sends an unknown service or family to the DLQ:", () => {
  test.each<[unknown, string]>([
    [startEvent("nobody"), 'service: "nobody" is unknown; known services: auth, pdf, pdfLarge'],
    [startEvent("toString"), 'service: "toString" is unknown'],
    [
      { detail: { taskDefinition: "other:1" } },
      'detail.taskDefinition: no service has the family "other"; known families: auth-api, pdf-creator',
    ],
    [
      { detail: { taskDefinition: "pdf-creator" } },
      "detail.taskDefinition: family pdf-creator belongs to the services pdf, pdfLarge",
    ],
  ])("%j", async (event, reason) => {
    expect(await reasonFor(await createWorld(routes), event)).toContain(reason);
  });
});

describe("sends an override that the launch route does not allow to the DLQ:", () => {
  test.each<[Record<string, unknown>, string]>([
    [
      { cluster: "production" },
      'detail.cluster: "production" is not allowed for the service auth; allowed: engines',
    ],
    [
      { targetGroupArn: "arn:x" },
      'detail.targetGroupArn: "arn:x" is not allowed for the service auth; allowed: none',
    ],
    [
      { taskDefinition: "admin:1" },
      'detail.taskDefinition: "admin:1" is not allowed for the service auth; allowed: the family auth-api',
    ],
    [
      { taskDefinition: "auth-api:1" },
      'detail.taskDefinition: "auth-api:1" is not allowed for the service auth; allowed: overrides of none',
    ],
    [
      { subnets: ["subnet-x"] },
      "detail.subnets: an array of 1 is not allowed for the service auth; allowed: overrides of none",
    ],
    [{ securityGroups: ["sg-1", "sg-2"] }, "detail.securityGroups: an array of 2 is not allowed"],
    [{ port: 9090 }, "detail.port: 9090 is not allowed"],
    [{ command: ["sh"] }, "detail.command: an array of 1 is not allowed"],
    [{ environment: { DEBUG: "1" } }, "detail.environment: an object of 1 is not allowed"],
    [{ cpu: "4096" }, 'detail.cpu: "4096" is not allowed'],
    [{ memory: "8192" }, 'detail.memory: "8192" is not allowed'],
  ])("%j", async (override, reason) => {
    expect(await reasonFor(await createWorld(routes), startEvent("auth", "1", override))).toContain(reason);
  });

  test("allows another port only without a load balancer, which would not reach it", async () => {
    const settings = { port: 8080, allowOverrides: ["port" as const] };
    const behind = await createWorld({ auth: route("auth-api", { ...settings, targetType: "ip" }) });
    expect(await reasonFor(behind, startEvent("auth", "1", { port: 9090 }))).toContain(
      "detail.port: 9090 is not allowed for the service auth; allowed: 8080, which its load balancer reaches",
    );
    expect(await behind.invoke(startEvent("auth", "2", { port: 8080 }))).toMatchObject({ service: "auth" });
    const alone = await createWorld({ auth: route("auth-api", settings) });
    expect(await alone.invoke(startEvent("auth", "1", { port: 9090 }))).toMatchObject({ service: "auth" });
  });

  test("names the allowed overrides", async () => {
    const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["command", "port"] }) });
    expect(await reasonFor(world, startEvent("auth", "1", { cpu: "512" }))).toContain(
      "allowed: overrides of command, port",
    );
  });

  test("never allows another cluster or family", async () => {
    const all: Overridable[] = [
      "taskDefinition",
      "subnets",
      "securityGroups",
      "port",
      "command",
      "environment",
      "cpu",
      "memory",
    ];
    for (const override of [
      { cluster: "production" },
      { taskDefinition: "admin:1" },
      { targetGroupArn: "arn:x" },
    ]) {
      const world = await createWorld({ auth: route("auth-api", { allowOverrides: all }) });
      expect(await reasonFor(world, startEvent("auth", "1", override))).toContain("is not allowed");
    }
  });

  test("rejects a combination of cpu and memory that Fargate does not support", async () => {
    const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["cpu", "memory"] }) });
    expect(await reasonFor(world, startEvent("auth", "1", { cpu: "256", memory: "30720" }))).toContain(
      "No Fargate configuration",
    );
  });
});
