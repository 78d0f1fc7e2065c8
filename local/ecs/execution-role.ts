import type { Authorization, Permission, RoleSession } from "../iam/authorization";
import { keyPermissions } from "../iam/permissions/kms";
import { describeSecret } from "../iam/permissions/secrets-manager";
import { parameterArn } from "../iam/permissions/ssm";
import { messageOf } from "../message-of";
import type { Upstream } from "../upstream";
import type { ContainerRun } from "./task-runner";

const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+)/;

/**
 * What ECS does with the execution role before a container starts. Each method rejects with the `stoppedReason` of the
 * task. Without an execution role, ECS uses the role of the container instance, which local AWS does not emulate.
 */
export class ExecutionRole {
  /** undefined without an execution role */
  readonly session: RoleSession | undefined;

  constructor(
    private readonly authorization: Authorization,
    private readonly run: ContainerRun,
  ) {
    const { caller, executionRoleArn: roleArn, taskArn } = run;
    this.session = roleArn
      ? { roleArn, name: taskArn.split("/").pop() ?? "", region: caller.region }
      : undefined;
  }

  async assume(): Promise<void> {
    const { container, executionRoleArn, fargate, taskArn } = this.run;
    if (!executionRoleArn) {
      const needs = [
        container.logConfiguration?.logDriver === "awslogs" ? "log driver awslogs" : "",
        container.secrets?.length ? "secrets" : "",
        ECR_IMAGE.test(container.image) ? "ECR images" : "",
      ].find(Boolean);
      // AWS rejects such a task definition at its registration.
      if (fargate && needs)
        throw new Error(`Fargate requires task definition to have execution role ARN to support ${needs}.`);
      return;
    }
    if (!(await this.authorization.trusts(executionRoleArn, "ecs-tasks.amazonaws.com", taskArn)))
      throw new Error(unableToAssume(executionRoleArn));
  }

  async pullImage(): Promise<void> {
    const { image } = this.run.container;
    const [, account, region, name] = ECR_IMAGE.exec(image) ?? [];
    if (!name) return;
    await this.requirePermission(
      { action: "ecr:GetAuthorizationToken", resource: "*" },
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth",
    );
    const resource = `arn:aws:ecr:${region}:${account}:repository/${name}`;
    for (const action of ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]) {
      await this.requirePermission(
        { action: `ecr:${action}`, resource },
        `CannotPullContainerError: pull image manifest: failed to resolve ref ${image}: 403 Forbidden`,
      );
    }
  }

  /** @param valueFrom ARN of a secret or parameter, or the name of a parameter */
  async readSecret(upstream: Upstream, valueFrom: string): Promise<void> {
    const { caller } = this.run;
    const secret = valueFrom.split(":")[2] === "secretsmanager";
    const resource = secret ? valueFrom.split(":").slice(0, 7).join(":") : parameterArn(caller, valueFrom);
    const action = secret ? "secretsmanager:GetSecretValue" : "ssm:GetParameters";
    const key = secret ? (await describeSecret(upstream, caller, resource))?.KmsKeyId : undefined;
    const permissions = [{ action, resource }, ...(await keyPermissions(upstream, caller, action, key))];
    const reason = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from ${secret ? "asm" : "ssm"}`;
    for (const permission of permissions) await this.requirePermission(permission, reason);
  }

  private async requirePermission(permission: Permission, reason: string): Promise<void> {
    if (!this.session) return;
    try {
      await this.authorization.requirePermission(this.session, permission);
    } catch (error) {
      throw new Error(`${reason}: AccessDeniedException: ${messageOf(error)}`);
    }
  }
}

export function unableToAssume(roleArn: string): string {
  return `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
