import { mountVolumes } from "../../local/ecs/mount-volumes";
import type { ContainerRun } from "../../local/ecs/task-runner";
import type { Right } from "../../local/iam/authorization";

const run = (more: Partial<ContainerRun> = {}): ContainerRun => ({
  caller: { account: "123456789012", region: "eu-west-1" },
  taskArn: "arn:aws:ecs:eu-west-1:123456789012:task/engines/1",
  taskRoleArn: "arn:aws:iam::123456789012:role/pdf-task",
  fargate: true,
  container: { name: "pdf", image: "pdf", mountPoints: [{ sourceVolume: "work", containerPath: "/work" }] },
  volumes: [
    { name: "scratch" },
    {
      name: "work",
      efsVolumeConfiguration: {
        fileSystemId: "fs-1",
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
      },
    },
  ],
  ...more,
});

const asked = async (given: ContainerRun, refused = false) => {
  const rights: Right[] = [];
  await mountVolumes(
    {
      demand: async (_session, right) => {
        rights.push(right);
        if (refused) throw new Error("not authorized");
      },
    },
    given,
  );
  return rights;
};

test("the task role must have the right to mount, as EFS sees the mount", async () => {
  expect(await asked(run())).toEqual([
    {
      action: "elasticfilesystem:ClientMount",
      resource: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1",
      context: {
        "aws:SecureTransport": "true",
        "elasticfilesystem:AccessedViaMountTarget": "true",
        "elasticfilesystem:AccessPointArn":
          "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1",
      },
    },
  ]);
});

test("a container that mounts nothing needs no right", async () => {
  expect(await asked(run({ container: { name: "pdf", image: "pdf" } }))).toEqual([]);
});

test("without it the task does not start, and says why as ECS does", async () => {
  await expect(asked(run(), true)).rejects.toThrow(
    /^ResourceInitializationError: failed to invoke EFS utils .*access denied.*fs-1: not authorized$/,
  );
});
