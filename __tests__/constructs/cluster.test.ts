import { Cluster, type ClusterProps } from "../../src/cluster";
import { only, synthesize } from "./synth";

const cluster = (props: Partial<ClusterProps> = {}) =>
  synthesize((stack) => new Cluster(stack, "engines", { name: "engines", ...props }));

test("the default capacity provider is FARGATE, and FARGATE_SPOT is available", () => {
  expect(only(cluster(), "aws_ecs_cluster_capacity_providers")).toMatchObject({
    capacity_providers: ["FARGATE", "FARGATE_SPOT"],
    default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
  });
});

test.each([
  [undefined, "enabled"],
  ["enhanced", "enhanced"],
  ["disabled", "disabled"],
] as const)("containerInsights %s sets Container Insights to %s", (containerInsights, value) => {
  expect(only(cluster({ containerInsights }), "aws_ecs_cluster").setting).toEqual([
    { name: "containerInsights", value },
  ]);
});

test("every ECS Exec session is logged in the cluster's own log group", () => {
  const resources = cluster();
  const logGroup = only(resources, "aws_cloudwatch_log_group");
  expect(logGroup).toMatchObject({ name: "/ecs/engines/exec", retention_in_days: 365 });
  const [id] = Object.keys(resources.aws_cloudwatch_log_group!);
  expect(only(resources, "aws_ecs_cluster").configuration).toEqual({
    execute_command_configuration: {
      logging: "OVERRIDE",
      log_configuration: {
        cloud_watch_encryption_enabled: false,
        cloud_watch_log_group_name: `\${aws_cloudwatch_log_group.${id}.name}`,
      },
    },
  });
});

test("the given key encrypts ECS Exec sessions and their log", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const resources = cluster({ kmsKeyArn });
  expect(only(resources, "aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: kmsKeyArn });
  expect(only(resources, "aws_ecs_cluster").configuration).toMatchObject({
    execute_command_configuration: {
      kms_key_id: kmsKeyArn,
      log_configuration: { cloud_watch_encryption_enabled: true },
    },
  });
});

test.each<[Partial<ClusterProps>, string]>([
  [{ name: "my cluster" }, 'name is "my cluster"; an ECS cluster name has 1 to 255 letters'],
  [{ name: "" }, 'name is ""'],
  [{ name: "n".repeat(256) }, "an ECS cluster name has 1 to 255 letters"],
  [
    { containerInsights: "on" as "enabled" },
    'containerInsights is "on"; allowed are "enabled", "enhanced", "disabled".',
  ],
  [
    { capacityProviders: ["gpu", "Fargate-2"] },
    'capacityProviders has "Fargate-2"; the name of a capacity provider has 1 to 255 letters',
  ],
  [
    { capacityProviders: Array.from({ length: 19 }, (_, index) => `gpu-${index}`) },
    "capacityProviders has 19 names; a cluster has at most 20 capacity providers, FARGATE and FARGATE_SPOT included.",
  ],
  [{ logRetentionDays: 364 }, "logRetentionDays is 364; CloudWatch Logs takes 0, 1, 3, 5, 7,"],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => cluster(props)).toThrow(message);
  expect(() => cluster(props)).toThrow("(at test/engines)");
});
