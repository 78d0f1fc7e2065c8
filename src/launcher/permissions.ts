import { resourcesOn } from "../core/clusters";
import { distinct } from "../core/distinct";
import type { PolicyStatement } from "../core/policy";
import type { LaunchRoute } from "./route";

/** Permissions to launch the tasks of these launch routes and no others. */
export const launchPermissions = (routes: readonly LaunchRoute[]): PolicyStatement[] => [
  ...routes.map(
    (route): PolicyStatement => ({
      Effect: "Allow",
      Action: "ecs:RunTask",
      Resource: `${route.taskDefinitionArnWithoutRevision}:*`,
      Condition: { ArnEquals: { "ecs:cluster": route.clusterArn } },
    }),
  ),
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: distinct(routes.flatMap((route) => [route.taskRoleArn, route.executionRoleArn])),
    Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  },
  ...passInfrastructureRoles(routes.flatMap(({ ebsVolume }) => ebsVolume?.infrastructureRoleArn ?? [])),
  {
    Effect: "Allow",
    Action: "ecs:TagResource",
    Resource: resourcesOn(routes, "task"),
    Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
  },
];

const passInfrastructureRoles = (arns: readonly string[]): PolicyStatement[] =>
  arns.length === 0
    ? []
    : [
        {
          Effect: "Allow",
          Action: "iam:PassRole",
          Resource: distinct(arns),
          Condition: { StringEquals: { "iam:PassedToService": "ecs.amazonaws.com" } },
        },
      ];

/** Permission to describe the tasks on the clusters of these launch routes. */
export const describeTasksPermission = (routes: readonly LaunchRoute[]): PolicyStatement => ({
  Effect: "Allow",
  Action: "ecs:DescribeTasks",
  Resource: resourcesOn(routes, "task"),
});

/**
 * Permissions to read and write payloads, launch records, idempotency keys and what is in further folders, and to see that
 * a key does not exist.
 */
export const payloadBucketPermissions = (
  bucketArn: string,
  furtherFolders: readonly string[],
): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:GetObject"],
    Resource: ["payloads", "launches", "idempotency-keys", ...furtherFolders].map(
      (folder) => `${bucketArn}/${folder}/*`,
    ),
  },
  // Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
  { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
];

/** Permissions to register the tasks of these launch routes, all of which have a target group. */
export const registrationPermissions = (routes: readonly LaunchRoute[]): PolicyStatement[] => {
  const onInstance = routes.filter(({ targetType }) => targetType === "instance");
  return [
    {
      Effect: "Allow",
      Action: "elasticloadbalancing:RegisterTargets",
      Resource: distinct(routes.map((route) => route.targetGroupArn!)),
    },
    // DescribeTargetHealth has no resource-level permissions.
    { Effect: "Allow", Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
    // A task that can never be registered must not keep running.
    { Effect: "Allow", Action: "ecs:StopTask", Resource: resourcesOn(routes, "task") },
    ...(onInstance.length === 0
      ? []
      : [
          {
            Effect: "Allow" as const,
            Action: "ecs:DescribeContainerInstances",
            Resource: resourcesOn(onInstance, "container-instance"),
          },
        ]),
  ];
};
