import type { Authorization } from "../iam/authorization";
import { messageOf } from "../message-of";
import type { ContainerRun } from "./task-runner";

/** Rejects with the reason that ECS gives when EFS does not let the task role mount what the container asks for. */
export async function mountVolumes(
  authorization: Pick<Authorization, "demand">,
  { caller, container, taskArn, taskRoleArn, volumes = [] }: ContainerRun,
): Promise<void> {
  const { account, region } = caller;
  const wanted = container.mountPoints?.map(({ sourceVolume }) => sourceVolume) ?? [];
  for (const { name, efsVolumeConfiguration: efs } of volumes) {
    // Without IAM the client is nobody, who has no rights that local AWS could look up.
    if (efs?.authorizationConfig?.iam !== "ENABLED" || !taskRoleArn || !wanted.includes(name)) continue;
    const arn = (of: string) => `arn:aws:elasticfilesystem:${region}:${account}:${of}`;
    const { accessPointId } = efs.authorizationConfig;
    try {
      await authorization.demand(
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
