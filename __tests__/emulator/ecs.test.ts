import {
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { account, launch } from "./ecs-account";

const ip = (task: { attachments?: { details?: { name?: string; value?: string }[] }[] } | undefined) =>
  task?.attachments?.[0]?.details?.find(({ name }) => name === "privateIPv4Address")?.value;

describe("life of a task", () => {
  test("runs from PROVISIONING to STOPPED, each state once, each with a higher version", async () => {
    const { clock, run, taskEvents } = await account();
    const [task] = await run();
    expect(task).toMatchObject({ lastStatus: "PROVISIONING", desiredStatus: "RUNNING", version: 1 });
    await clock.advance(5000);
    expect(taskEvents.map(({ detail }) => [detail.lastStatus, detail.version])).toEqual([
      ["PROVISIONING", 1],
      ["PENDING", 2],
      ["ACTIVATING", 3],
      ["RUNNING", 4],
      ["DEACTIVATING", 5],
      ["STOPPING", 6],
      ["DEPROVISIONING", 7],
      ["STOPPED", 8],
    ]);
    expect(taskEvents.at(-1)).toMatchObject({
      source: "aws.ecs",
      detailType: "ECS Task State Change",
      resources: [task?.taskArn],
      detail: {
        stopCode: "EssentialContainerExited",
        stoppedReason: "Essential container in task exited",
        containers: [{ name: "app", exitCode: 0, lastStatus: "STOPPED" }],
        attachments: [{ type: "eni", status: "DELETED" }],
        stoppedAt: expect.stringMatching(/^2026-01-01T00:00:0\d/),
      },
    });
  });

  test("is described with its IP and dates, under the API's names", async () => {
    const { clock, ecs, run } = await account();
    const [task] = await run({ startedBy: "event-1", group: "route-auth" });
    await clock.advance(300);
    const { tasks } = await ecs.send(
      new DescribeTasksCommand({ cluster: "engines", tasks: [task?.taskArn ?? ""], include: ["TAGS"] }),
    );
    expect(tasks?.[0]).toMatchObject({
      lastStatus: "RUNNING",
      startedBy: "event-1",
      group: "route-auth",
      attachments: [{ type: "ElasticNetworkInterface", status: "ATTACHED" }],
      startedAt: expect.any(Date),
    });
    expect(ip(tasks?.[0])).toBe("10.0.0.4");
  });

  test("reuses a freed IP, and never one in use", async () => {
    const { clock, ecs, run } = await account({ containers: () => ({}) });
    const [first] = await run();
    await run();
    await clock.advance(1000);
    await ecs.send(new StopTaskCommand({ cluster: "engines", task: first?.taskArn }));
    await clock.advance(1000);
    const third = (await run())[0];
    await clock.advance(1000);
    const describe = (arns: string[]) =>
      ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: arns }));
    expect(ip((await describe([third?.taskArn ?? ""])).tasks?.[0])).toBe("10.0.0.4");
  });

  test("stops with SIGTERM and the given reason, and loses its tags, on StopTask", async () => {
    const { clock, ecs, run, tasks } = await account({ containers: () => ({}) });
    const [task] = await run({ tags: [{ key: "event-id", value: "1" }] });
    await clock.advance(1000);
    const { task: stopping } = await ecs.send(
      new StopTaskCommand({ cluster: "engines", task: task?.taskArn, reason: "enough" }),
    );
    expect(stopping).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "UserInitiated",
      stoppedReason: "enough",
    });
    await clock.advance(1000);
    expect(tasks()[0]).toMatchObject({ lastStatus: "STOPPED", tags: [], containers: [{ exitCode: 143 }] });
  });

  test("ends without RUNNING when a container does not start", async () => {
    const { clock, run, taskEvents } = await account({
      containers: () => ({ failsToStart: "CannotPullContainerError: no such image" }),
    });
    await run();
    await clock.advance(5000);
    expect(taskEvents.map(({ detail }) => detail.lastStatus)).toEqual([
      "PROVISIONING",
      "PENDING",
      "DEPROVISIONING",
      "STOPPED",
    ]);
    expect(taskEvents.at(-1)?.detail).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: "CannotPullContainerError: no such image",
    });
  });

  test("gives the container the deployed environment with the overrides", async () => {
    const seen: unknown[] = [];
    const { clock, run } = await account({
      containers: ({ container }) => {
        seen.push(container.environment, container.command);
        return { durationMs: 1 };
      },
    });
    const environment = [{ name: "EVENT_PAYLOAD", value: "{}" }];
    await run({ overrides: { containerOverrides: [{ name: "app", environment, command: ["go"] }] } });
    await clock.advance(1000);
    expect(seen).toEqual([[{ name: "A", value: "1" }, ...environment], ["go"]]);
  });
});

test("propagates the tags of the task definition, and refuses a key that the request has too", async () => {
  const { ecs, run, tasks } = await account();
  const tags = [{ key: "service", value: "mine" }];
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "tagged",
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      containerDefinitions: [{ name: "app", image: "app" }],
      tags,
    }),
  );
  const launch = { taskDefinition: "tagged", propagateTags: "TASK_DEFINITION" } as const;
  await run({ ...launch, tags: [{ key: "event-id", value: "1" }] });
  expect(tasks()[0]?.tags).toEqual([...tags, { key: "event-id", value: "1" }]);
  await run({ taskDefinition: "tagged", tags });
  const many = Array.from({ length: 50 }, (_, index) => ({ key: `key-${index}`, value: "v" }));
  await expect(run({ ...launch, tags: many })).rejects.toThrow("The number of tags is 51; the limit is 50.");
  await expect(run({ ...launch, tags })).rejects.toThrow("Duplicate tag key service");
});

describe("a RunTask request", () => {
  const environment = (length: number) => {
    const skeleton = JSON.stringify({
      containerOverrides: [{ name: "app", environment: [{ name: "P", value: "" }] }],
    });
    return [{ name: "P", value: "x".repeat(length - skeleton.length) }];
  };
  const many = (n: number) => Array.from({ length: n }, (_, index) => `id-${index}`);
  const vpc = (more: object) => ({ awsvpcConfiguration: { subnets: ["subnet-1"], ...more } });

  test.each<[string, Partial<RunTaskCommandInput>, string, RegExp]>([
    [
      "overrides of 8193 characters",
      { overrides: { containerOverrides: [{ name: "app", environment: environment(8193) }] } },
      "InvalidParameterException",
      /^Container Overrides length must be at most 8192$/,
    ],
    ["eleven tasks", { count: 11 }, "InvalidParameterException", /between 1 and 10/],
    ["a token of 65", { clientToken: "t".repeat(65) }, "InvalidParameterException", /clientToken/],
    ["a token with a blank", { clientToken: "a b" }, "InvalidParameterException", /clientToken/],
    ["a group of 256", { group: "g".repeat(256) }, "InvalidParameterException", /limit is 255/],
    ...["route:auth", "service:auth", "family:other", ":auth"].map(
      (group): [string, Partial<RunTaskCommandInput>, string, RegExp] => [
        `the group ${group}`,
        { group },
        "InvalidParameterException",
        /^Invalid namespace for group\.$/,
      ],
    ),
    ["startedBy with a colon", { startedBy: "a:b" }, "InvalidParameterException", /startedBy/],
    ["startedBy of 129", { startedBy: "s".repeat(129) }, "InvalidParameterException", /startedBy/],
    [
      "51 tags",
      { tags: many(51).map((key) => ({ key, value: "v" })) },
      "InvalidParameterException",
      /limit is 50/,
    ],
    ["17 subnets", { networkConfiguration: vpc({ subnets: many(17) }) }, "InvalidParameterException", /16/],
    [
      "6 security groups",
      { networkConfiguration: vpc({ securityGroups: many(6) }) },
      "InvalidParameterException",
      /5/,
    ],
    [
      "an assignPublicIp that is neither",
      { networkConfiguration: vpc({ assignPublicIp: "YES" }) },
      "InvalidParameterException",
      /ENABLED or DISABLED/,
    ],
    ["no network", { networkConfiguration: undefined }, "InvalidParameterException", /Network Configuration/],
    [
      "an unknown container",
      { overrides: { containerOverrides: [{ name: "web" }] } },
      "InvalidParameterException",
      /container named web is not a container in the TaskDefinition/,
    ],
    [
      "launch type and capacity providers",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] },
      "InvalidParameterException",
      /both a launch type and capacity provider strategy/,
    ],
    ["an unknown cluster", { cluster: "nobody" }, "ClusterNotFoundException", /Cluster not found/],
    ["an unknown task definition", { taskDefinition: "nobody" }, "ClientException", /Unable to describe/],
    [
      "a size Fargate lacks",
      { overrides: { cpu: "256", memory: "4096" } },
      "ClientException",
      /256 CPU, 4096 memory/,
    ],
  ])("%s", async (_, more, name, message) => {
    const { run, tasks } = await account();
    await expect(run(more)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect(tasks()).toEqual([]);
  });

  test.each(["route-auth", "family:auth", "g".repeat(255)])(
    "is accepted with the group %s",
    async (group) => {
      const { run } = await account();
      expect(await run({ group })).toMatchObject([{ group }]);
    },
  );

  test("is accepted with overrides of exactly 8192 characters", async () => {
    const { run } = await account();
    const overrides = { containerOverrides: [{ name: "app", environment: environment(8192) }] };
    expect(await run({ overrides })).toHaveLength(1);
  });
});

describe("capacity of a task", () => {
  const spot = { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] };

  test("is named in the description on Spot", async () => {
    const { run } = await account();
    expect(await run(spot)).toMatchObject([{ launchType: "FARGATE", capacityProviderName: "FARGATE_SPOT" }]);
  });

  test("has a separate quota for launches on Spot", async () => {
    const { clock, run } = await account();
    for (let call = 0; call < 10; call += 1) await run({ count: 10 });
    await expect(run({ count: 10 })).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(await run({ ...spot, count: 9 })).toHaveLength(9);
    await clock.advance(1000);
    for (let call = 0; call < 9; call += 1) expect(await run({ ...spot, count: 10 })).toHaveLength(10);
  });
});

describe("a deregistered task definition", () => {
  const retire = (ecs: ECSClient, taskDefinition: string) =>
    ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));

  test("starts no task", async () => {
    const { ecs, run } = await account();
    await retire(ecs, "auth:1");
    for (const taskDefinition of ["auth", "auth:1"]) {
      await expect(run({ taskDefinition })).rejects.toMatchObject({
        name: "ClientException",
        message: "TaskDefinition is inactive",
      });
    }
  });

  test("leaves the family to its newest active revision", async () => {
    const { ecs, run } = await account();
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "auth",
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "app", image: "auth:2" }],
      }),
    );
    await retire(ecs, "auth:2");
    expect(await run()).toMatchObject([{ taskDefinitionArn: expect.stringMatching(/auth:1$/) }]);
  });
});

describe("reads of tasks", () => {
  test("answer MISSING, not an error, for an unknown task", async () => {
    const { ecs } = await account();
    const id = "0".repeat(32);
    const { tasks, failures } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [id] }));
    expect(tasks).toEqual([]);
    expect(failures).toEqual([
      { arn: `arn:aws:ecs:eu-west-1:123456789012:task/engines/${id}`, reason: "MISSING" },
    ]);
  });

  test("answer MISSING for a task that stopped an hour ago", async () => {
    const { clock, ecs, run } = await account();
    const [task] = await run();
    const look = () =>
      ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [task?.taskArn ?? ""] }));
    await clock.advance(3_600_000);
    expect((await look()).tasks).toHaveLength(1);
    await clock.advance(10_000);
    expect((await look()).failures).toMatchObject([{ reason: "MISSING" }]);
  });

  test("filter and page in ListTasks", async () => {
    const { ecs, run } = await account({ containers: () => ({}) });
    await run({ startedBy: "one", count: 3 });
    await run({ startedBy: "two" });
    const list = (more: object) => ecs.send(new ListTasksCommand({ cluster: "engines", ...more }));
    expect((await list({ startedBy: "two" })).taskArns).toHaveLength(1);
    expect((await list({ family: "other" })).taskArns).toEqual([]);
    expect((await list({ desiredStatus: "STOPPED" })).taskArns).toEqual([]);
    const page = await list({ maxResults: 3 });
    expect(page.taskArns).toHaveLength(3);
    expect((await list({ maxResults: 3, nextToken: page.nextToken })).taskArns).toHaveLength(1);
  });
});

describe("faults", () => {
  test("answer failures[] with HTTP 200 once, then the launch works", async () => {
    const { ecs, run } = await account({
      faults: [
        { service: "ecs", action: "RunTask", times: 1, fault: "failures", reason: "Capacity is unavailable" },
      ],
    });
    const failed = await ecs.send(new RunTaskCommand(launch));
    expect(failed).toMatchObject({ tasks: [], failures: [{ reason: "Capacity is unavailable" }] });
    expect(await run()).toHaveLength(1);
  });

  test.each([false, true])("use up the client token by failures[]: %p", async (failuresUseUpTokens) => {
    const { faults, run } = await account({ failuresUseUpTokens });
    faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "no room", times: 1 }]);
    expect(await run({ clientToken: "t" })).toEqual([]);
    expect(await run({ clientToken: "t" })).toHaveLength(failuresUseUpTokens ? 0 : 1);
    await expect(run({ clientToken: "t", startedBy: "another" })).rejects.toMatchObject({
      name: "ConflictException",
      resourceIds: failuresUseUpTokens ? [] : [expect.stringMatching(/^arn:/)],
    });
  });

  test("answer failures[] for one capacity provider, or for some subnets", async () => {
    const { faults, run } = await account();
    const full = { service: "ecs", action: "RunTask", fault: "failures", reason: "no room" } as const;
    const to = (...subnets: string[]) => ({ networkConfiguration: { awsvpcConfiguration: { subnets } } });
    faults.set([
      { ...full, where: { capacityProvider: "FARGATE_SPOT" } },
      { ...full, where: { subnets: ["subnet-1", "subnet-2"] } },
    ]);
    const spot = { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] };
    expect(await run({ ...spot, ...to("subnet-3") })).toEqual([]);
    expect(await run(to("subnet-1"))).toEqual([]);
    expect(await run(to("subnet-2", "subnet-1"))).toEqual([]);
    expect(await run(to("subnet-2", "subnet-3"))).toHaveLength(1);
  });

  test("stop a task with the given reason before it runs", async () => {
    const { clock, faults, run, taskEvents } = await account();
    faults.set([
      { service: "ecs", action: "RunTask", fault: "failsToStart", reason: "Timeout waiting", times: 1 },
    ]);
    await run();
    await clock.advance(5000);
    expect(taskEvents.map(({ detail }) => detail.lastStatus)).not.toContain("RUNNING");
    expect(taskEvents.at(-1)?.detail).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      stoppedReason: "Timeout waiting",
    });
    expect(taskEvents.at(-1)?.detail).not.toHaveProperty("startedAt");
  });

  test("reset the connection after the effect, and the SDK's retry finds the same task", async () => {
    const aws = await account({
      faults: [{ service: "ecs", action: "RunTask", times: 1, fault: "reset", when: "after" }],
    });
    const ecs = new ECSClient({ ...aws.clientConfig, requestHandler: aws.requestHandler() });
    const { tasks } = await ecs.send(new RunTaskCommand(launch));
    expect(aws.tasks().map(({ arn }) => arn)).toEqual([tasks?.[0]?.taskArn]);
  });

  test("crash the caller after the effect, and the task stays", async () => {
    const { clientConfig, requestHandler, tasks } = await account({
      faults: [{ service: "ecs", action: "RunTask", times: 1, fault: "crash", when: "after" }],
    });
    const handler = requestHandler();
    let answered = false;
    const ecs = new ECSClient({ ...clientConfig, requestHandler: handler });
    void ecs.send(new RunTaskCommand(launch)).finally(() => {
      answered = true;
    });
    await handler.crashed;
    expect(answered).toBe(false);
    expect(tasks()).toHaveLength(1);
  });

  test("reject an invalid script with the number of the line", async () => {
    const { faults } = await account();
    expect(() => faults.set([{ service: "ecs", action: "RunTask", fault: "explode" }])).toThrow(
      /fault 1: fault is "explode"; allowed for ecs:RunTask: throttle/,
    );
  });
});
