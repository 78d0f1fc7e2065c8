import type { Authorization } from "../iam/authorization";
import { messageOf } from "../message-of";
import type { ContainerRun } from "./task-runner";

/** Rejects with the reason of ECS if EFS does not allow the task role to mount a volume of the container. */
export async function mountVolumes(
  authorization: Pick<Authorization, "requirePermission">,
  { caller, container, taskArn, taskRoleArn, volumes = [] }: ContainerRun,
): Promise<void> {
  const { account, region } = caller;
  const mounted = container.mountPoints?.map(({ sourceVolume }) => sourceVolume) ?? [];
  for (const { name, efsVolumeConfiguration: efs } of volumes) {
    // Without IAM authorization the client is anonymous, so there is no role to check.
    if (efs?.authorizationConfig?.iam !== "ENABLED" || !taskRoleArn || !mounted.includes(name)) continue;
    const arn = (of: string) => `arn:aws:elasticfilesystem:${region}:${account}:${of}`;
    const { accessPointId } = efs.authorizationConfig;
    try {
      await authorization.requirePermission(
        { roleArn: taskRoleArn, name: taskArn.split("/").pop() ?? "", region },
        {
          action: "elasticfilesystem:ClientMount",
          resource: arn(`file-system/${efs.fileSystemId}`),
          context: {
            "aws:SecureTransport": String(efs.transitEncryption === "ENABLED"),
            "elasticfilesystem:AccessedViaMountTarget": "true",
            ...(accessPointId && {
              "elasticfilesystem:AccessPointArn": arn(`access-point/${accessPointId}`),
            }),
          },
        },
      );
    } catch (error) {
      throw new Error(
        `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4: access denied by server while mounting ${efs.fileSystemId}: ${messageOf(error)}`,
      );
    }
  }
}
