import { RegisterTaskDefinitionCommand, type TaskManagedEBSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { account } from "./ecs-account";

const volume: TaskManagedEBSVolumeConfiguration = {
  roleArn: "arn:aws:iam::123456789012:role/volumes",
  volumeType: "gp3",
  sizeInGiB: 500,
};

/** An account with the task definition `index`, which has a volume that is configured at launch. */
async function accountWithVolume() {
  const aws = await account();
  await aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "index",
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "app", image: "index:1" }],
      volumes: [{ name: "scratch" }, { name: "ebs", configuredAtLaunch: true }],
    }),
  );
  const run = (managedEBSVolume: Partial<TaskManagedEBSVolumeConfiguration>, name = "ebs") =>
    aws.run({
      taskDefinition: "index",
      volumeConfigurations: [
        { name, managedEBSVolume: { ...volume, ...managedEBSVolume } as TaskManagedEBSVolumeConfiguration },
      ],
    });
  return { ...aws, run, runAny: aws.run };
}

describe("a volume that is configured at launch", () => {
  test.each<[string, Partial<TaskManagedEBSVolumeConfiguration>]>([
    ["a size", {}],
    ["a snapshot", { sizeInGiB: undefined, snapshotId: "snap-1" }],
    ["the most of gp3", { sizeInGiB: 16384, iops: 16000, throughput: 1000 }],
    ["the most of io2", { volumeType: "io2", sizeInGiB: 16384, iops: 256000 }],
  ])("is accepted with %s", async (_, more) => {
    const { run } = await accountWithVolume();
    expect(await run(more)).toHaveLength(1);
  });

  test.each<[string, Partial<TaskManagedEBSVolumeConfiguration>, RegExp]>([
    ["no role", { roleArn: undefined }, /roleArn/],
    ["neither size nor snapshot", { sizeInGiB: undefined }, /volume size or a snapshot ID/],
    ["an unknown type", { volumeType: "gp1" }, /volumeType is gp1/],
    ["the type standard on Fargate", { volumeType: "standard" }, /Fargate does not support/],
    ["more GiB than gp3 has", { sizeInGiB: 16385 }, /between 1 and 16384/],
    ["fewer GiB than st1 has", { volumeType: "st1", sizeInGiB: 124 }, /between 125 and 16384/],
    ["fewer operations than gp3 has", { iops: 2999 }, /between 3000 and 16000/],
    ["operations of gp2", { volumeType: "gp2", iops: 3000 }, /iops of gp2 is not supported/],
    ["no operations of io1", { volumeType: "io1" }, /iops is required for io1/],
    [
      "throughput of io1",
      { volumeType: "io1", iops: 100, throughput: 125 },
      /throughput of io1 is not supported/,
    ],
    ["an unknown file system", { filesystemType: "zfs" as "xfs" }, /filesystemType is zfs/],
  ])("is refused with %s", async (_, more, message) => {
    const { run, tasks } = await accountWithVolume();
    await expect(run(more)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(message),
    });
    expect(tasks()).toEqual([]);
  });

  test("is refused under a name that the task definition does not leave to the launch", async () => {
    const { run } = await accountWithVolume();
    for (const name of ["other", "scratch"])
      await expect(run({}, name)).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: expect.stringContaining("no matching configuredAtLaunch volume found in task definition"),
      });
  });

  test("is refused without its configuration, and with two", async () => {
    const { runAny } = await accountWithVolume();
    await expect(runAny({ taskDefinition: "index" })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("ebs"),
    });
    const configuration = { name: "ebs", managedEBSVolume: volume };
    await expect(
      runAny({ taskDefinition: "index", volumeConfigurations: [configuration, configuration] }),
    ).rejects.toMatchObject({ message: expect.stringContaining("the limit is 1") });
    await expect(
      runAny({ taskDefinition: "index", volumeConfigurations: [{ name: "ebs" }] }),
    ).rejects.toMatchObject({ message: expect.stringContaining("managedEBSVolume") });
  });
});
