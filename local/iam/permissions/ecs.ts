import type { RunTaskInput, Tag } from "../../ecs/types";
import type { Call } from "../../routing";
import type { Context, Permission } from "../authorization";
import { arn, input } from "./call";
import type { Lookups } from "./permission-resolver";

interface Input extends RunTaskInput {
  task?: string;
  tasks?: string[];
  service?: string;
  serviceName?: string;
  services?: string[];
  containerInstances?: string[];
  clusters?: string[];
  resourceArn?: string;
  tagKeys?: string[];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function ecsPermissions(
  call: Call,
  lookups: Lookups,
): Promise<Permission[]> | Permission[] | undefined {
  const given = input<Input>(call);
  const { tags, tagKeys, resourceArn = "", containerInstances = [] } = given;
  const cluster = clusterArn(call, given.cluster);
  const inCluster = (kind: string, idOrArn: string): Permission => ({
    action: `ecs:${call.action}`,
    resource: idOrArn.startsWith("arn:")
      ? idOrArn
      : `${cluster.replace(":cluster/", `:${kind}/`)}/${idOrArn}`,
    context: { "ecs:cluster": cluster },
  });
  const onResource: Permission = { action: `ecs:${call.action}`, resource: resourceArn };
  switch (call.action) {
    case "RunTask":
      return runTask(call, given, cluster, lookups);
    case "DescribeTasks":
    case "GetTaskProtection":
    case "UpdateTaskProtection":
      return (given.tasks ?? []).map((task) => inCluster("task", task));
    case "StopTask":
      return [inCluster("task", given.task ?? "")];
    case "CreateService":
      return [inCluster("service", given.serviceName ?? "")];
    case "DeleteService":
    case "UpdateService":
      return [inCluster("service", given.service ?? "")];
    case "DescribeServices":
      return (given.services ?? []).map((service) => inCluster("service", service));
    case "ListTasks":
      return [inCluster("container-instance", "*")];
    case "ListContainerInstances":
      return [{ action: "ecs:ListContainerInstances", resource: cluster }];
    case "DescribeContainerInstances":
      return containerInstances.map((instance) => inCluster("container-instance", instance));
    case "DescribeClusters":
      return (given.clusters ?? ["default"]).map((each) => ({
        action: "ecs:DescribeClusters",
        resource: clusterArn(call, each),
      }));
    case "TagResource":
      return [{ ...onResource, context: tagging(tags) }];
    case "UntagResource":
      return [{ ...onResource, context: { "aws:TagKeys": tagKeys ?? [] } }];
    case "ListTagsForResource":
      return [onResource];
    default:
      return undefined;
  }
}

async function runTask(call: Call, given: Input, cluster: string, lookups: Lookups): Promise<Permission[]> {
  const {
    overrides,
    tags,
    enableExecuteCommand = false,
    taskDefinition = "",
    volumeConfigurations = [],
  } = given;
  // RunTask itself reports an unknown definition, if the caller is allowed to run the family.
  const definition = await lookups.directory.taskDefinition(call, taskDefinition).catch(() => undefined);
  const family = taskDefinition.split("/").pop() ?? "";
  const passed = [
    overrides?.taskRoleArn ?? definition?.taskRoleArn,
    overrides?.executionRoleArn ?? definition?.executionRoleArn,
  ].filter((role) => role !== undefined);
  return [
    {
      action: "ecs:RunTask",
      resource:
        definition?.taskDefinitionArn ??
        arn(call, "ecs", `task-definition/${family.includes(":") ? family : `${family}:*`}`),
      context: {
        "ecs:cluster": cluster,
        "ecs:enable-execute-command": String(enableExecuteCommand),
        ...tagging(tags),
      },
    },
    ...[...new Set(passed)].map((resource) => ({
      action: "iam:PassRole",
      resource,
      context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    })),
    ...volumeConfigurations.flatMap(({ managedEBSVolume: { roleArn: resource } = {} }) =>
      resource === undefined
        ? []
        : [{ action: "iam:PassRole", resource, context: { "iam:PassedToService": "ecs.amazonaws.com" } }],
    ),
    ...(tags?.length
      ? [
          {
            action: "ecs:TagResource",
            resource: `${cluster.replace(":cluster/", ":task/")}/*`,
            context: { "ecs:CreateAction": "RunTask", ...tagging(tags) },
          },
        ]
      : []),
  ];
}

function clusterArn(call: Call, nameOrArn = "default"): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn : arn(call, "ecs", `cluster/${nameOrArn}`);
}

function tagging(tags: Tag[] = []): Context {
  if (tags.length === 0) return {};
  return {
    "aws:TagKeys": tags.map(({ key }) => key),
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
  };
}
