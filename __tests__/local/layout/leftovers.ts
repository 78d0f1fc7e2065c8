import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeResourcePoliciesCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeClustersCommand,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../../scripts/mutation/client-config";
import type { Form } from "./form";

/** The resources of the layout that still exist in an account, by AWS's list calls. */
export async function leftovers({ ecs, elb, lambda, localAws }: Form): Promise<Record<string, unknown[]>> {
  const config = clientConfig(localAws.environment);
  const events = new EventBridgeClient(config);
  const iam = new IAMClient(config);
  const logs = new CloudWatchLogsClient(config);
  // A deleted cluster is shown as INACTIVE for a while.
  const { clusterArns } = await ecs.send(new ListClustersCommand());
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
  const found = {
    functions: (await lambda.send(new ListFunctionsCommand())).Functions,
    eventSourceMappings: (await lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings,
    rules: (await events.send(new ListRulesCommand())).Rules,
    schedules: (await new SchedulerClient(config).send(new ListSchedulesCommand())).Schedules,
    stateMachines: (await new SFNClient(config).send(new ListStateMachinesCommand())).stateMachines,
    queues: (await new SQSClient(config).send(new ListQueuesCommand())).QueueUrls,
    roles: (await iam.send(new ListRolesCommand())).Roles,
    policies: (await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies,
    loadBalancers: (await elb.send(new DescribeLoadBalancersCommand())).LoadBalancers,
    targetGroups: (await elb.send(new DescribeTargetGroupsCommand())).TargetGroups,
    clusters: clusters?.filter(({ status }) => status === "ACTIVE"),
    taskDefinitions: (await ecs.send(new ListTaskDefinitionsCommand())).taskDefinitionArns,
    buckets: (await new S3Client({ ...config, forcePathStyle: true }).send(new ListBucketsCommand())).Buckets,
    logGroups: (await logs.send(new DescribeLogGroupsCommand())).logGroups,
    logPolicies: (await logs.send(new DescribeResourcePoliciesCommand())).resourcePolicies,
  };
  return Object.fromEntries(Object.entries(found).map(([kind, list]) => [kind, list ?? []]));
}
