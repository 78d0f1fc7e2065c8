import {
  CreateCapacityProviderCommand,
  ListContainerInstancesCommand,
  PutClusterCapacityProvidersCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { InProcessOptions } from "../../local/create-local-aws";
import { addCapacityProvider } from "../../testing/add-capacity-provider";
import { account } from "./ecs-account";

const minute = 60_000;
const onGpu = { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "gpu", weight: 1 }] };

/** A cluster with the capacity provider `gpu`, whose instances take three minutes to start and go after fifteen idle ones. */
async function cluster(
  options: Parameters<typeof addCapacityProvider>[1] = {},
  containers: InProcessOptions["containers"] = () => ({}),
) {
  const aws = await account({
    containers,
    throttled: false,
    taskTimings: { instanceStart: 3 * minute, instanceIdle: 15 * minute },
  });
  await addCapacityProvider(aws, options);
  const instances = async () =>
    (await aws.ecs.send(new ListContainerInstancesCommand({ cluster: "engines" }))).containerInstanceArns
      ?.length;
  const statuses = () => aws.tasks().map(({ lastStatus }) => lastStatus);
  return { ...aws, instances, statuses };
}

test("a task waits in PROVISIONING until an instance comes, and has its instance then", async () => {
  const { clock, describe, instances, run, statuses, taskEvents } = await cluster();
  const [task] = await run(onGpu);
  expect(task).toMatchObject({ launchType: "EC2", capacityProviderName: "gpu" });
  expect(task).not.toHaveProperty("platformVersion");
  await clock.advance(2 * minute);
  expect(await describe(task?.taskArn)).toMatchObject([
    { lastStatus: "PROVISIONING", desiredStatus: "RUNNING" },
  ]);
  expect(await instances()).toBe(0);
  await clock.advance(2 * minute);
  expect(statuses()).toEqual(["RUNNING"]);
  expect(await describe(task?.taskArn)).toMatchObject([{ containerInstanceArn: expect.any(String) }]);
  expect(taskEvents.map(({ detail }) => detail.lastStatus)).toEqual([
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
  ]);
});

test("two instances come first, then what the tasks need, up to the maximum of the group", async () => {
  // An instance has room for 14 tasks of 512 MiB.
  const { clock, instances, run, statuses } = await cluster({ maxSize: 3 });
  await run(onGpu);
  await clock.advance(4 * minute);
  expect(await instances()).toBe(2);
  for (let call = 0; call < 5; call += 1) await run({ ...onGpu, count: 10 });
  await clock.advance(10 * minute);
  expect(await instances()).toBe(3);
  expect(statuses().filter((status) => status === "RUNNING")).toHaveLength(42);
  expect(statuses().filter((status) => status === "PROVISIONING")).toHaveLength(9);
});

test("an instance without tasks goes, down to the minimum of the group", async () => {
  const { clock, instances, run, statuses } = await cluster({ maxSize: 2, minSize: 1 }, () => ({
    durationMs: 5 * minute,
  }));
  await run(onGpu);
  await clock.advance(10 * minute);
  expect(statuses()).toEqual(["STOPPED"]);
  expect(await instances()).toBe(2);
  await clock.advance(20 * minute);
  expect(await instances()).toBe(1);
});

test("a waiting task gets the room of one that ends", async () => {
  const { clock, ecs, run, statuses } = await cluster();
  const [first] = await run({ ...onGpu, count: 10 });
  await run({ ...onGpu, count: 5 });
  await clock.advance(5 * minute);
  expect(statuses().filter((status) => status === "PROVISIONING")).toHaveLength(1);
  await ecs.send(new StopTaskCommand({ cluster: "engines", task: first?.taskArn }));
  await clock.advance(minute);
  expect(statuses().filter((status) => status === "RUNNING")).toHaveLength(14);
});

test.each([
  [0, "EMPTY CAPACITY PROVIDER"],
  [1, "RESOURCE:MEMORY"],
])("ECS gives up after half an hour with at most %d instances: %s", async (maxSize, reason) => {
  const { clock, run, tasks } = await cluster({ maxSize });
  for (let call = 0; call < 2; call += 1) await run({ ...onGpu, count: 10 });
  await clock.advance(31 * minute);
  expect(tasks().at(-1)).toMatchObject({
    lastStatus: "STOPPED",
    stopCode: "TaskFailedToStart",
    stoppedReason: reason,
  });
});

test("a task that is stopped while it waits gets no instance", async () => {
  const { clock, ecs, run, tasks } = await cluster();
  const [task] = await run(onGpu);
  await clock.advance(minute);
  await ecs.send(new StopTaskCommand({ cluster: "engines", task: task?.taskArn }));
  await clock.advance(5 * minute);
  expect(tasks()).toMatchObject([{ lastStatus: "STOPPED", stopCode: "UserInitiated" }]);
  expect(tasks()[0]?.launch.placement).toBeUndefined();
});

test("at most 500 tasks of a cluster wait", async () => {
  const { run } = await cluster();
  for (let call = 0; call < 50; call += 1) await run({ ...onGpu, count: 10 });
  await expect(run(onGpu)).rejects.toMatchObject({ name: "ClientException" });
});

test("without managed scaling a task does not wait", async () => {
  const { run } = await cluster({ managedScaling: false });
  await expect(run(onGpu)).rejects.toThrow("No Container Instances were found in your capacity provider.");
});

test("the default strategy of the cluster places a task without launch type and strategy", async () => {
  const { run } = await cluster({ isDefault: true });
  expect(await run({ launchType: undefined })).toMatchObject([{ capacityProviderName: "gpu" }]);
});

test("without a default strategy such a task needs an instance of the cluster", async () => {
  const { run } = await cluster();
  await expect(run({ launchType: undefined })).rejects.toThrow(
    "No Container Instances were found in your cluster.",
  );
});

describe("is refused:", () => {
  test("a capacity provider that the cluster does not have", async () => {
    const { run } = await cluster();
    const capacityProviderStrategy = [{ capacityProvider: "cpu", weight: 1 }];
    await expect(run({ launchType: undefined, capacityProviderStrategy })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(
        "cannot contain a capacity provider that is not associated with the cluster",
      ),
    });
  });

  test("a public IP address of a task on an instance", async () => {
    const { run } = await cluster();
    const awsvpcConfiguration = { subnets: ["subnet-1"], assignPublicIp: "ENABLED" as const };
    await expect(run({ ...onGpu, networkConfiguration: { awsvpcConfiguration } })).rejects.toThrow(
      "Assign public IP is not supported for this launch type.",
    );
  });

  test.each(["fargate-gpu", "AWSgpu", "my gpu", ""])("the name %j of a capacity provider", async (name) => {
    const { ecs } = await cluster();
    const autoScalingGroupProvider = { autoScalingGroupArn: "gpu" };
    await expect(
      ecs.send(new CreateCapacityProviderCommand({ name, autoScalingGroupProvider })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test.each([
    ["one that does not exist", ["cpu"], [], "was not found"],
    ["a default that is not associated", ["gpu"], [{ capacityProvider: "FARGATE" }], "not associated"],
  ])("to associate %s", async (_what, capacityProviders, defaultCapacityProviderStrategy, message) => {
    const { ecs } = await cluster();
    const association = { cluster: "engines", capacityProviders, defaultCapacityProviderStrategy };
    await expect(ecs.send(new PutClusterCapacityProvidersCommand(association))).rejects.toThrow(message);
  });

  test("to remove one that a task has", async () => {
    const { ecs, run } = await cluster();
    await run(onGpu);
    const association = { cluster: "engines", capacityProviders: [], defaultCapacityProviderStrategy: [] };
    await expect(ecs.send(new PutClusterCapacityProvidersCommand(association))).rejects.toMatchObject({
      name: "ResourceInUseException",
    });
  });
});
