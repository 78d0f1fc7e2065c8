import { Fn } from "cdktf";
import type { PolicyStatement } from "../core/policy";
import type { LaunchRoute } from "./route";

/** The right to launch the tasks of these routes and no others. */
export const rightToLaunch = (routes: readonly LaunchRoute[]): PolicyStatement[] => [
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
  {
    Effect: "Allow",
    Action: "ecs:TagResource",
    Resource: within(routes, "task"),
    Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
  },
];

/** The right to see what became of a task. */
export const rightToSee = (routes: readonly LaunchRoute[]): PolicyStatement => ({
  Effect: "Allow",
  Action: "ecs:DescribeTasks",
  Resource: within(routes, "task"),
});

/** The permissions to store and read what the function remembers, and to learn that a key does not exist. */
export const rightToRemember = (bucketArn: string): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:GetObject"],
    Resource: ["payloads", "launches", "idempotency-keys"].map((folder) => `${bucketArn}/${folder}/*`),
  },
  // Without it S3 answers 403 instead of 404 for a key that does not exist.
  { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
];

/** The right to register the tasks of these routes, all of which have targets. */
export const rightToRegister = (routes: readonly LaunchRoute[]): PolicyStatement[] => {
  const onInstance = routes.filter(({ targetType }) => targetType === "instance");
  return [
    {
      Effect: "Allow",
      Action: "elasticloadbalancing:RegisterTargets",
      Resource: distinct(routes.map((route) => route.targetGroupArn!)),
    },
    // Health has no resource to name.
    { Effect: "Allow", Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
    // A task that can never be registered must not be left behind.
    { Effect: "Allow", Action: "ecs:StopTask", Resource: within(routes, "task") },
    ...(onInstance.length === 0
      ? []
      : [
          {
            Effect: "Allow" as const,
            Action: "ecs:DescribeContainerInstances",
            Resource: within(onInstance, "container-instance"),
          },
        ]),
  ];
};

export const clusterArnsOf = (routes: readonly LaunchRoute[]): string[] =>
  distinct(routes.map((route) => route.clusterArn));

/** All things of a kind on the clusters of these routes. */
const within = (routes: readonly LaunchRoute[], kind: "task" | "container-instance"): string[] =>
  clusterArnsOf(routes).map((clusterArn) => `${Fn.replace(clusterArn, ":cluster/", `:${kind}/`)}/*`);

const distinct = (values: readonly string[]): string[] => [...new Set(values)];
