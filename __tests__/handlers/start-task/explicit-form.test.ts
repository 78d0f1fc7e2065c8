import type { Overridable } from "../../../handlers/launch/overridable";
import { createWorld, route, startEvent } from "./world";

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

describe("the explicit form of an event", () => {
  test("finds its launch route by the family and may repeat its settings", async () => {
    const world = await createWorld({ auth: route("auth-api", { port: 8080 }), pdf: route("pdf-creator") });
    const detail = {
      cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
      taskDefinition: "auth-api",
      subnets: ["subnet-b", "subnet-a"],
      securityGroups: ["sg-1"],
      port: 8080,
    };
    expect(await world.invoke({ id: "1", detail })).toMatchObject({ service: "auth", duplicate: false });
    expect(world.launches()[0]).toMatchObject({
      cluster: "engines",
      taskDefinition: "auth-api",
      group: "route-auth",
    });
    expect(Object.keys(world.variables()[0] ?? {})).toEqual(["EVENT_PAYLOAD"]);
  });

  test.each(["auth-api:1", "arn:aws:ecs:eu-west-1:123456789012:task-definition/auth-api:1"])(
    "launches the revision %s when it is allowed",
    async (taskDefinition) => {
      const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["taskDefinition"] }) });
      expect(await world.invoke({ id: "1", detail: { taskDefinition } })).toMatchObject({ service: "auth" });
      expect(world.launches()[0]?.taskDefinition).toBe(taskDefinition);
    },
  );

  test("overrides what the launch route allows", async () => {
    const world = await createWorld({ auth: route("auth-api", { port: 8080, allowOverrides: all }) });
    const overrides = {
      subnets: ["subnet-x"],
      securityGroups: ["sg-x"],
      port: 9090,
      command: ["serve", "--fast"],
      environment: { DEBUG: "1" },
      cpu: "512",
      memory: "1024",
    };
    await world.invoke(startEvent("auth", "1", overrides));
    expect(world.launches()[0]).toMatchObject({
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-x"], securityGroups: ["sg-x"] } },
      overrides: {
        cpu: "512",
        memory: "1024",
        containerOverrides: [{ name: "main", command: ["serve", "--fast"] }],
      },
    });
    expect(world.variables()[0]).toMatchObject({ DEBUG: "1", PORT: "9090" });
  });
});
