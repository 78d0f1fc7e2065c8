import type { Names } from "../core/twin";
import type { LaunchRoute } from "../launcher/route";
import type { Scaling } from "./scaling";

/** The part of a launch route that an ECS service needs: the `route` of a {@link Task}, merged with that of a {@link LoadBalancer}. */
export type EcsServiceRoute = Pick<
  LaunchRoute,
  | "clusterArn"
  | "containerName"
  | "subnetIds"
  | "securityGroupIds"
  | "assignPublicIp"
  | "port"
  | "networkMode"
  | "capacity"
  | "targetGroupArn"
  | "targetType"
  | "enableExecuteCommand"
  | "taskRoleName"
  | "existingTaskRole"
  | "ebsVolume"
>;

/** Settings of an {@link EcsService}. */
export interface EcsServiceProps {
  /**
   * Name of the ECS service and prefix of the names of its policies and alarms: 1 to 100 letters, digits, hyphens and
   * underscores. ECS allows 255, and the name of an inline policy has at most 128.
   */
  readonly name: string;
  /**
   * Launch route of the tasks: a {@link Task} or its `route`, merged with the service's entry in the `targets` of a
   * {@link LoadBalancer} if a load balancer sends requests to the tasks. ECS registers and deregisters the targets itself,
   * so no registrar may have the same target group. `capacity` is `FARGATE`, `FARGATE_SPOT`, `EC2` or the name of a capacity
   * provider of the cluster; `CLUSTER_DEFAULT` is refused, since ECS writes the default of the cluster into the ECS
   * service, which Terraform would undo. Fargate Spot can
   * interrupt a task at two minutes' notice, whether it is protected or not, and a change from or to it replaces the ECS
   * service. ECS takes 1 to 16 subnets and at most 5 security groups (ECS API reference: AwsVpcConfiguration).
   */
  readonly route: EcsServiceRoute | { readonly route: EcsServiceRoute };
  /**
   * ARN of the task definition with its revision: the `taskDefinitionArn` of a {@link Task}. Another revision is a
   * deployment.
   */
  readonly taskDefinitionArn: string;
  /**
   * Number of tasks, 0 to 5000 (Amazon ECS service quotas: tasks per service), without `scaling`. Application Auto Scaling
   * sets it when it changes; a count that was set by hand stays until then.
   * @default - 1, or with `scaling` its range
   */
  readonly desiredCount?: number;
  /**
   * Whether ECS stops a deployment whose tasks do not start or become healthy, and rolls back to the last revision that
   * ran.
   * @default true
   */
  readonly circuitBreaker?: boolean;
  /**
   * How many tasks, in percent of the desired count, stay running during a deployment, 0 to 100. It must be less than
   * `maxPercent`.
   * @default 100
   */
  readonly minHealthyPercent?: number;
  /**
   * How many tasks, in percent of the desired count, are allowed during a deployment, 100 to 200.
   * @default 200
   */
  readonly maxPercent?: number;
  /**
   * How long ECS ignores failed health checks of the load balancer after a task has started, in seconds: 0 to 2147483647
   * (ECS API reference: CreateService). Only with a target group.
   * @default - not at all
   */
  readonly healthCheckGracePeriodSeconds?: number;
  /**
   * Whose tags each task gets: those of the ECS service (`SERVICE`), those of the task definition (`TASK_DEFINITION`), or
   * none (`NONE`).
   * @default "SERVICE"
   */
  readonly propagateTags?: "SERVICE" | "TASK_DEFINITION" | "NONE";
  /**
   * Range of the number of tasks, and what moves the number within it.
   * @default - the number is `desiredCount`
   */
  readonly scaling?: Scaling;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_ecs_service.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
