import { mountVolumes } from "../../local/ecs/mount-volumes";
import type { ContainerRun } from "../../local/ecs/task-runner";
import type { Permission } from "../../local/iam/authorization";

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
  const permissions: Permission[] = [];
  await mountVolumes(
    {
      requirePermission: async (_session, permission) => {
        permissions.push(permission);
        if (refused) throw new Error("not authorized");
      },
    },
    given,
  );
  return permissions;
};

test("requires the permission of the task role to mount, with the conditions of EFS", async () => {
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

test("requires no permission when the container mounts nothing", async () => {
  expect(await asked(run({ container: { name: "pdf", image: "pdf" } }))).toEqual([]);
});

test("rejects with the reason of ECS when the permission is missing", async () => {
  await expect(asked(run(), true)).rejects.toThrow(
    /^ResourceInitializationError: failed to invoke EFS utils .*access denied.*fs-1: not authorized$/,
  );
});
