import { createHash } from "node:crypto";
import { createWorld, functionArn, route, startEvent, usersTags } from "./world";

const routes = {
  auth: route("auth-api", { port: 8080 }),
  pdf: route("pdf-creator", { assignPublicIp: true }),
};

describe("an event that names a service", () => {
  test("launches one task with the settings of the launch route", async () => {
    const world = await createWorld(routes);
    const result = await world.invoke(startEvent("auth"));

    const [task] = world.tasks();
    expect(result).toEqual({ service: "auth", taskArn: task?.arn, duplicate: false });
    expect(world.launches()).toEqual([
      {
        cluster: "engines",
        taskDefinition: "auth-api",
        count: 1,
        launchType: "FARGATE",
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ["subnet-a", "subnet-b"],
            securityGroups: ["sg-1"],
            assignPublicIp: "DISABLED",
          },
        },
        clientToken: createHash("sha256").update("6f1c7ec4-0001\nauth\n1").digest("base64url"),
        group: "route-auth",
        startedBy: "6f1c7ec4-0001/GyX8Z6lXClu6zgMzEcUy2fzJK_IVghTwm5yIDvtslmg",
        propagateTags: "TASK_DEFINITION",
        tags: [
          { key: "event-driven-ecs:event-id", value: "6f1c7ec4-0001" },
          { key: "event-driven-ecs:service", value: "auth" },
        ],
        overrides: {
          containerOverrides: [
            {
              name: "main",
              environment: [{ name: "EVENT_PAYLOAD", value: JSON.stringify(startEvent("auth")) }],
            },
          ],
        },
      },
    ]);
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(task?.tags).toEqual([
      ...usersTags,
      { key: "event-driven-ecs:event-id", value: "6f1c7ec4-0001" },
      { key: "event-driven-ecs:service", value: "auth" },
    ]);
  });

  test("gets a public address when the launch route has assignPublicIp", async () => {
    const world = await createWorld(routes);
    await world.invoke(startEvent("pdf"));
    expect(world.launches()[0]?.networkConfiguration?.awsvpcConfiguration?.assignPublicIp).toBe("ENABLED");
  });

  test("is open to ECS Exec only when the launch route has enableExecuteCommand", async () => {
    const world = await createWorld({ ...routes, shell: route("shell", { enableExecuteCommand: true }) });
    await world.invoke(startEvent("shell", "one"));
    await world.invoke(startEvent("auth", "two"));
    expect(world.launches().map(({ enableExecuteCommand }) => enableExecuteCommand)).toEqual([
      true,
      undefined,
    ]);
  });

  test("has the EBS volume of the launch route, the same when the event is delivered again", async () => {
    const managedEBSVolume = {
      roleArn: "arn:aws:iam::123456789012:role/engines-volumes",
      sizeInGiB: 500,
      volumeType: "gp3",
      encrypted: true,
      filesystemType: "xfs",
    } as const;
    const world = await createWorld({
      ...routes,
      index: route("index", { ebsVolume: { name: "ebs", ...managedEBSVolume } }),
    });
    await world.invoke(startEvent("index"));
    await world.invoke(startEvent("auth", "two"));
    expect(world.launches().map(({ volumeConfigurations }) => volumeConfigurations)).toEqual([
      [{ name: "ebs", managedEBSVolume }],
      undefined,
    ]);
    expect(await world.invoke(startEvent("index"))).toMatchObject({ duplicate: true });
    expect(world.tasks()).toHaveLength(2);
  });

  test("is launched when startedBy and tags do not allow characters of its id", async () => {
    const world = await createWorld(routes);
    await world.invoke(startEvent("auth", `order:${"ü.".repeat(200)}`));
    expect(world.launches()[0]?.startedBy).toMatch(/^order-[-]{78}\/[\w-]{43}$/);
  });
});

describe("an event of a rule that names the service", () => {
  const finding = { ...startEvent("pdf"), detail: { cluster: "somebody-else's", findings: [{ Id: "f-1" }] } };

  test("launches that service, and passes the event to the container", async () => {
    const world = await createWorld(routes);
    expect(await world.invoke({ service: "auth", event: finding })).toMatchObject({ service: "auth" });
    expect(world.launches()).toMatchObject([
      { startedBy: expect.stringMatching(`^${finding.id}/`), group: "route-auth", cluster: "engines" },
    ]);
    expect(world.variables()).toEqual([{ EVENT_PAYLOAD: JSON.stringify(finding) }]);
  });

  test("is a duplicate on its second delivery", async () => {
    const world = await createWorld(routes);
    await world.invoke({ service: "auth", event: finding });
    await world.clock.advance(1_000);
    expect(await world.invoke({ service: "auth", event: finding })).toMatchObject({ duplicate: true });
  });

  test.each([
    [{ service: 7, event: finding }, "service: expected a string, found 7"],
    [{ service: "auth", event: "text" }, 'event: expected an object, found "text"'],
    [{ service: "auth", event: { id: 7 } }, "event.id: expected a string, found 7"],
    [{ service: "nobody", event: finding }, 'service: "nobody" is unknown; known services: auth, pdf'],
  ])("%j is sent to the DLQ", async (event, reason) => {
    const world = await createWorld(routes);
    expect(await world.invoke(event)).toEqual({ rejected: reason });
    expect(await world.takeDlqMessages()).toMatchObject([{ requestPayload: event }]);
  });
});

describe("the same event again", () => {
  test("starts one task and returns duplicate when it is delivered five times", async () => {
    const world = await createWorld(routes);
    const first = await world.invoke(startEvent("auth"));
    for (let n = 0; n < 4; n++) {
      await world.clock.advance(60_000);
      expect(await world.invoke(startEvent("auth"))).toEqual({ ...first, duplicate: true });
    }
    expect(world.tasks()).toHaveLength(1);
  });

  test("at the same time starts one task", async () => {
    const world = await createWorld(routes);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => world.invoke(startEvent("auth"))));
    expect(world.tasks()).toHaveLength(1);
    expect(new Set(results.map((result) => "taskArn" in result && result.taskArn)).size).toBe(1);
  });

  test("for another service is another launch", async () => {
    const world = await createWorld(routes);
    await world.invoke(startEvent("auth"));
    await world.invoke(startEvent("pdf"));
    expect(world.tasks()).toHaveLength(2);
  });

  test("returns the existing task when the launch route has changed", async () => {
    const changing = { auth: route("auth-api") };
    const world = await createWorld(changing);
    const first = await world.invoke(startEvent("auth"));
    changing.auth.subnets = ["subnet-c"];
    expect(await world.invoke(startEvent("auth"))).toEqual({ ...first, duplicate: true });
    expect(world.tasks()).toHaveLength(1);
  });

  test("is identified by the request id when it has no id", async () => {
    const world = await createWorld(routes);
    await world.invoke({ detail: { service: "auth" } }, "request-a");
    await world.invoke({ detail: { service: "auth" } }, "request-a");
    await world.invoke({ detail: { service: "auth" } }, "request-b");
    expect(world.launches().map(({ startedBy }) => startedBy?.split("/")[0])).toEqual([
      "request-a",
      "request-b",
    ]);
  });
});

describe("logs and messages", () => {
  test("logs event id, service and task as one JSON object per line", async () => {
    const world = await createWorld(routes);
    await world.invoke(startEvent("auth"));
    expect(world.lines[0]).toEqual({
      timestamp: expect.any(String),
      level: "INFO",
      message: "task launched",
      eventId: "6f1c7ec4-0001",
      service: "auth",
      taskArn: world.tasks()[0]?.arn,
    });
  });

  test("emits metrics of launches, latency, duplicates and failures", async () => {
    const world = await createWorld(routes);
    await world.clock.advance(1_500);
    await world.invoke(startEvent("auth"));
    await world.clock.advance(1_000);
    await world.invoke(startEvent("auth"));
    await world.invoke(startEvent("nobody"));
    const values = world.metrics().map(({ _aws, ...rest }) => rest);
    expect(values).toEqual([
      { Function: "start-task", Service: "auth", Launches: 1 },
      { Function: "start-task", Service: "auth", LaunchLatency: 1_500 },
      { Function: "start-task", Service: "auth", Duplicates: 1 },
      { Function: "start-task", Service: "unknown", Reason: "UnknownService", Failures: 1 },
    ]);
    expect(world.metrics().map(({ _aws }) => _aws)).toEqual([
      metric("Launches", "Count", 1_500),
      metric("LaunchLatency", "Milliseconds", 1_500),
      metric("Duplicates", "Count", 2_500),
      metric("Failures", "Count", 2_500, ["Function", "Service", "Reason"]),
    ]);
  });

  test("sends DLQ messages in the format of Lambda's on-failure destination", async () => {
    const world = await createWorld(routes);
    const event = startEvent("nobody");
    expect(await world.invoke(event, "request-a")).toEqual({ rejected: expect.stringContaining("nobody") });
    expect(await world.takeDlqMessages()).toEqual([
      {
        version: "1.0",
        timestamp: "2026-01-01T00:00:00.000Z",
        requestContext: {
          requestId: "request-a",
          functionArn,
          condition: "Rejected",
          approximateInvokeCount: 1,
        },
        requestPayload: event,
        responsePayload: {
          errorType: "UnknownService",
          errorMessage: 'service: "nobody" is unknown; known services: auth, pdf',
        },
      },
    ]);
  });
});

const metric = (Name: string, Unit: string, ms: number, ...moreDimensions: string[][]) => ({
  Timestamp: Date.parse("2026-01-01T00:00:00Z") + ms,
  CloudWatchMetrics: [
    {
      Namespace: "EventDrivenEcs",
      Dimensions: [["Function", "Service"], ...moreDimensions],
      Metrics: [{ Name, Unit }],
    },
  ],
});
