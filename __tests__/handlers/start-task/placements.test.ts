import {
  DeregisterTaskDefinitionCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
} from "@aws-sdk/client-ecs";
import type { Route } from "../../../handlers/launch/route";
import type { Fault, Placement } from "../../../local/faults";
import { addCapacityProvider } from "../../../testing/add-capacity-provider";
import { createWorld, route, startEvent, type World } from "./world";

const full = (where: Placement, times?: number): Fault => ({
  service: "ecs",
  action: "RunTask",
  fault: "failures",
  reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone",
  where,
  ...(times && { times }),
});
const everywhere = full({});

const quotaUsedUp = (beginning: string, where?: Placement): Fault => ({
  service: "ecs",
  action: "RunTask",
  fault: "error",
  code: "ClientException",
  message: `${beginning} reached the limit on the number of vCPUs you can run concurrently`,
  ...(where && { where }),
});

const placeOf = (world: World) =>
  world.launches().map(({ capacityProviderStrategy, launchType, networkConfiguration }) => ({
    on: launchType ?? capacityProviderStrategy?.[0]?.capacityProvider,
    subnets: networkConfiguration?.awsvpcConfiguration?.subnets,
  }));

const addInstance = (world: World) =>
  world.ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: "engines",
      instanceIdentityDocument: JSON.stringify({ instanceId: "i-0123456789abcdef0" }),
    }),
  );

const both = ["subnet-a", "subnet-b"];
const spot = { auth: route("auth-api", { capacity: "FARGATE_SPOT" }) };
const fargate = { auth: route("auth-api") };
const minute = 60_000;

describe("a task is placed", () => {
  test("on Fargate Spot when it has capacity", async () => {
    const world = await createWorld(spot);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(placeOf(world)).toEqual([{ on: "FARGATE_SPOT", subnets: both }]);
  });

  test("on Fargate when Fargate Spot has no capacity", async () => {
    const world = await createWorld(spot);
    world.faults.set([full({ capacityProvider: "FARGATE_SPOT" })]);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(placeOf(world)).toEqual([{ on: "FARGATE", subnets: both }]);
  });

  test.each([spot, fargate])("in the only subnet that has capacity", async (routes) => {
    const world = await createWorld(routes);
    world.faults.set([
      full({ capacityProvider: "FARGATE_SPOT" }),
      full({ subnets: both }, 1),
      full({ subnets: ["subnet-a"] }),
    ]);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(placeOf(world)).toEqual([{ on: "FARGATE", subnets: ["subnet-b"] }]);
  });

  test("only in the subnets of an allowed override", async () => {
    const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["subnets"] }) });
    world.faults.set([full({ subnets: ["subnet-x", "subnet-y"] }, 1)]);
    await world.invoke(startEvent("auth", "1", { subnets: ["subnet-x", "subnet-y"] }));
    expect(placeOf(world)).toEqual([{ on: "FARGATE", subnets: ["subnet-x"] }]);
  });

  test("on the cluster's instances, without a network of its own where it has none", async () => {
    const world = await createWorld({
      auth: route("auth-api", { capacity: "EC2" }),
      pdf: route("pdf-creator", { capacity: "EC2", networkMode: "bridge", subnets: [] }),
    });
    await expect(world.invoke(startEvent("auth"))).rejects.toMatchObject({ name: "CapacityUnavailable" });

    await addInstance(world);
    for (const service of ["auth", "pdf"]) await world.invoke(startEvent(service));
    expect(placeOf(world)).toEqual([
      { on: "EC2", subnets: both },
      { on: "EC2", subnets: undefined },
    ]);
  });

  test("with the next placement when missing capacity is reported as an error", async () => {
    const world = await createWorld(spot);
    world.faults.set([
      {
        service: "ecs",
        action: "RunTask",
        fault: "error",
        code: "ClientException",
        message: "Capacity is unavailable at this time.",
        times: 1,
      },
    ]);
    await world.invoke(startEvent("auth"));
    expect(placeOf(world)).toEqual([{ on: "FARGATE", subnets: both }]);
  });

  // AWS writes the apostrophe in either way.
  test.each(["You've", "You’ve"])(
    "on Fargate when the quota of Fargate Spot is used up: %s",
    async (beginning) => {
      const world = await createWorld(spot);
      world.faults.set([quotaUsedUp(beginning, { capacityProvider: "FARGATE_SPOT" })]);
      expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
      expect(placeOf(world)).toEqual([{ on: "FARGATE", subnets: both }]);
    },
  );

  test("later when the quota on demand is used up too, and nothing is sent to the DLQ", async () => {
    const world = await createWorld(spot);
    world.faults.set([quotaUsedUp("You've")]);
    await expect(world.invoke(startEvent("auth"))).rejects.toMatchObject({ name: "CapacityUnavailable" });
    expect(await world.takeDlqMessages()).toEqual([]);
    world.faults.set([]);
    await world.clock.advance(minute);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(world.tasks()).toHaveLength(1);
  });

  test("nowhere, and its event is sent to the DLQ, when the second placement fails permanently", async () => {
    const world = await createWorld(spot);
    world.faults.set([
      full({ capacityProvider: "FARGATE_SPOT" }),
      { service: "ecs", action: "RunTask", fault: "failures", reason: "InvalidParameter" },
    ]);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ rejected: expect.any(String) });
    expect(await world.takeDlqMessages()).toMatchObject([
      { responsePayload: { errorType: "PlacementFailed" } },
    ]);
  });
});

describe("a task of a capacity provider", () => {
  const named = (more: Partial<Route> = {}) => ({ auth: route("auth-api", { capacity: "gpu", ...more }) });

  test("waits for an instance in PROVISIONING, and runs when it comes", async () => {
    const world = await createWorld(named(), { taskTimings: { instanceStart: 4 * minute } });
    await addCapacityProvider(world);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(world.launches()).toMatchObject([
      { capacityProviderStrategy: [{ capacityProvider: "gpu", weight: 1 }] },
    ]);
    expect(world.launches()[0]).not.toHaveProperty("launchType");
    await world.clock.advance(3 * minute);
    expect(world.tasks()).toMatchObject([{ lastStatus: "PROVISIONING", desiredStatus: "RUNNING" }]);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: true });
    await world.clock.advance(2 * minute);
    expect(world.tasks()).toMatchObject([{ lastStatus: "STOPPED", stopCode: "EssentialContainerExited" }]);
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(JSON.stringify(world.metrics())).not.toMatch(/Failures/);
  });

  test("is placed as the default strategy of the cluster says", async () => {
    const world = await createWorld(named({ capacity: "CLUSTER_DEFAULT" }));
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow(
      'No Container Instances were found in your cluster. The default capacity provider strategy of the cluster "engines" decides where the task runs; without one it needs container instances.',
    );
    await addCapacityProvider(world, { isDefault: true });
    await world.invoke(startEvent("auth"));
    expect(world.launches()[0]).not.toHaveProperty("launchType");
    expect(world.launches()[0]).not.toHaveProperty("capacityProviderStrategy");
    expect(world.tasks()[0]?.launch.capacity).toMatchObject({ launchType: "EC2", providerName: "gpu" });
  });

  test.each(["gpu", "FARGATE_SPOT"])(
    "%s is sent to the DLQ with the name and the cluster when the cluster does not have it",
    async (capacity) => {
      const world = await createWorld(named({ capacity }));
      await world.ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: "engines",
          capacityProviders: ["FARGATE"],
          defaultCapacityProviderStrategy: [],
        }),
      );
      await world.invoke(startEvent("auth"));
      expect(await world.takeDlqMessages()).toMatchObject([
        {
          responsePayload: {
            errorType: "CapacityProviderMissing",
            errorMessage: expect.stringContaining(
              `the cluster "engines" has no capacity provider "${capacity}"; associate it with the cluster (aws_ecs_cluster_capacity_providers), or give the service another capacity.`,
            ),
          },
        },
      ]);
    },
  );
});

describe.each([false, true])("when a failed placement uses up the token: %p", (failuresUseUpTokens) => {
  const world = (routes = spot) => createWorld(routes, { failuresUseUpTokens });

  test("runs one task with the first placement that has capacity", async () => {
    const aws = await world();
    aws.faults.set([
      full({ capacityProvider: "FARGATE_SPOT" }),
      full({ subnets: ["subnet-a"] }),
      full({}, failuresUseUpTokens ? 2 : 1),
    ]);
    expect(await aws.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(placeOf(aws)).toEqual([{ on: "FARGATE", subnets: ["subnet-b"] }]);
  });

  test.each([
    ["two subnets", spot],
    ["one subnet", { auth: route("auth-api", { subnets: ["subnet-a"] }) }],
    ["instances", { auth: route("auth-api", { capacity: "EC2" as const }) }],
  ])("%s: starts the task at a later delivery when there was no capacity", async (_name, routes) => {
    const aws = await world(routes);
    await addInstance(aws);
    aws.faults.set([everywhere]);
    for (let delivery = 0; delivery < 3; delivery++) {
      await expect(aws.invoke(startEvent("auth"))).rejects.toMatchObject({ name: "CapacityUnavailable" });
      await aws.clock.advance(2 ** delivery * minute);
    }
    aws.faults.set([]);
    expect(await aws.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    await aws.clock.advance(minute);
    expect(await aws.invoke(startEvent("auth"))).toMatchObject({ duplicate: true });
    expect(aws.tasks()).toHaveLength(1);
  });

  test("returns the task of the second placement when its response was lost", async () => {
    const aws = await world();
    const lost: Fault = { service: "ecs", action: "RunTask", fault: "reset", when: "after", times: 3 };
    aws.faults.set([full({ capacityProvider: "FARGATE_SPOT" }, 1), ...(failuresUseUpTokens ? [] : [lost])]);
    if (failuresUseUpTokens) {
      // ConflictException for the used token comes before the lost response.
      const none: Fault = { service: "ecs", action: "RunTask", fault: "none", times: 1 };
      aws.faults.set([full({ capacityProvider: "FARGATE_SPOT" }, 1), none, lost]);
    }
    await expect(aws.invoke(startEvent("auth"))).rejects.toThrow();
    expect(aws.tasks()).toHaveLength(1);

    await aws.clock.advance(minute);
    aws.faults.set([]);
    expect(await aws.invoke(startEvent("auth"))).toEqual({
      service: "auth",
      taskArn: aws.tasks()[0]?.arn,
      duplicate: true,
    });
    expect(aws.tasks()).toHaveLength(1);
  });

  test("launches an old event by an immediate redrive after a failed placement", async () => {
    const aws = await world();
    await aws.clock.advance(30 * 60 * minute);
    aws.faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "InvalidParameter" }]);
    await aws.invoke(startEvent("auth"));
    aws.faults.set([]);
    await aws.clock.advance(minute);
    const [dlqMessage] = await aws.takeDlqMessages();
    expect(await aws.invoke(dlqMessage)).toMatchObject({ duplicate: false });
    await aws.clock.advance(minute);
    expect(await aws.invoke(dlqMessage)).toMatchObject({ duplicate: true });
    expect(aws.tasks()).toHaveLength(1);
  });

  test("starts one task for concurrent deliveries when one of them finds no capacity", async () => {
    const aws = await world();
    aws.faults.set([full({}, 1)]);
    const arns = await Promise.all([1, 2, 3].map(() => aws.invoke(startEvent("auth"))));
    expect(aws.tasks()).toHaveLength(1);
    expect(new Set(arns.map((outcome) => "taskArn" in outcome && outcome.taskArn)).size).toBe(1);
  });
});

describe("a task definition that was deregistered", () => {
  test.each([
    ["by its family", {}],
    ["by its revision", { taskDefinition: "auth-api:1" }],
  ])("is named in the DLQ message when requested %s", async (_name, override) => {
    const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["taskDefinition"] }) });
    await world.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "auth-api:1" }));
    const event = startEvent("auth", "1", override);
    expect(await world.invoke(event)).toEqual({ rejected: expect.stringContaining("inactive") });
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: event, responsePayload: { errorMessage: expect.stringContaining("inactive") } },
    ]);
    expect(world.tasks()).toHaveLength(0);
  });
});
