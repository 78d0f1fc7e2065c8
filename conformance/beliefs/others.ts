import { DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts } from "../wrong-answers";

export const others: readonly Belief[] = [
  {
    id: "iam-list-tasks-of-a-cluster",
    sentence:
      "`ListTasks` can be limited by the condition key `ecs:cluster`; `DescribeTasks` with the tags needs `ecs:DescribeTasks` only.",
    source: "Service Authorization Reference, Amazon ECS",
    certainty: "documented",
    code: {
      "modules/registrar/main.tf": '"ecs:cluster" = local.cluster_arns',
      "src/registrar/index.ts": "ecs:cluster",
    },
    tests: "`iam-permissions.test.ts`",
    seconds: 10,
    check: async (account) => {
      const { cluster } = account.resources;
      const { taskArn } = (await account.runningTask()).task;
      const onCluster = (arn: string) => ({
        Resource: "*",
        Condition: { ArnEquals: { "ecs:cluster": arn } },
      });
      const of = (arn: string) =>
        account.as({ Action: ["ecs:ListTasks", "ecs:DescribeTasks"], ...onCluster(arn) });
      const { ecs } = await of(cluster);
      await ecs.send(new ListTasksCommand({ cluster }));
      await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn], include: ["TAGS"] }));
      const elsewhere = await of(`${cluster}-of-others`);
      await refused(elsewhere.ecs.send(new ListTasksCommand({ cluster })), "AccessDeniedException");
    },
    wrong: { ListTasks: accepts() },
  },
  {
    id: "iam-target-health-on-all",
    sentence:
      "`elasticloadbalancing:DescribeTargetHealth` cannot be limited to a target group; registrations can.",
    source: "Service Authorization Reference, Elastic Load Balancing v2",
    certainty: "documented",
    code: { "modules/registrar/main.tf": "elasticloadbalancing:DescribeTargetHealth" },
    tests: "`iam-permissions.test.ts`",
    notProvoked: "a policy that is too wide is refused nothing",
  },
  {
    id: "fargate-sizes",
    sentence:
      "Fargate has the sizes in `scripts/fargate-sizes.json`: 32 vCPU with 60, 120 and 244 GB among them, of Linux platform version 1.4.0.",
    source:
      "ECS Developer Guide, `create-task-definition.html` (a copy of it in a public repository) and `fargate-tasks-services.html` as public code cites it; the API model of the ECS client ends at 16 vCPU",
    certainty: "documented",
    code: {
      "scripts/fargate-sizes.json": "32768",
      "src/task/fargate.ts": "Fargate",
      "modules/task/main.tf": "Fargate",
    },
    tests: "`ecs.test.ts`: a size Fargate lacks; `__tests__/constructs/task.test.ts`",
    notProvoked: "it would start a task of each size",
  },
  {
    id: "ecs-cluster-auto-scaling",
    sentence:
      "A launch type overrides capacity providers: with cluster auto scaling RunTask needs `capacityProviderStrategy` and no `launchType`. Neither of both means the cluster's default strategy.",
    source: "API model of the ECS client, RunTask, `capacityProviderStrategy`",
    certainty: "documented",
    code: {
      "handlers/launch/placements.ts": "capacityProviderStrategy",
      "modules/schedule/main.tf": "launch_type",
    },
    tests:
      "`capacity-providers.test.ts`: the default strategy; `__tests__/handlers/start-task/placements.test.ts`",
    notProvoked: "it needs an Auto Scaling group",
  },
  {
    id: "ecs-log-mode",
    sentence:
      "A log configuration without `mode` is non-blocking with a buffer of 10 MB since 25 June 2025: lines can be lost.",
    source: "API model of the ECS client, LogConfiguration",
    certainty: "documented",
    code: { "modules/task/main.tf": '"max-buffer-size"' },
    notProvoked: "it needs a slow log group",
  },
  {
    id: "ecs-propagated-tags",
    sentence:
      "A launch with `propagateTags` whose tags have a key of the task definition's is refused with `InvalidParameterException`. The keys of our tags have a prefix.",
    source: "No source",
    certainty: "assumed",
    code: { "handlers/launch/run-task-request.ts": 'propagateTags: "TASK_DEFINITION"' },
    tests: "`ecs.test.ts`: propagates the tags",
    seconds: 1,
    check: async (account) => {
      const tags = [{ key: "Purpose", value: "of the launch" }];
      const launch = account.launch({ propagateTags: "TASK_DEFINITION", tags });
      await refused(account.clients.ecs.send(launch), "InvalidParameterException");
    },
    wrong: { RunTask: accepts({ tasks: [{ taskArn: "arn:aws:ecs:::task/cluster/1" }] }) },
  },
  {
    id: "api-gateway-timeout",
    sentence: "API Gateway answers 504 when an integration takes more than 29 seconds, by default.",
    source: "API Gateway Developer Guide, `limits.html`",
    certainty: "from memory",
    code: { "modules/rest-api/main.tf": "aws_api_gateway_rest_api" },
    notProvoked: "local AWS in this run deploys no API",
  },
  {
    id: "iam-names-of-two-regions",
    sentence:
      "Names of IAM roles, policies and instance profiles are unique in an account, whatever the region: a second one gets `EntityAlreadyExists`.",
    source: "IAM User Guide, `reference_iam-quotas.html`",
    certainty: "documented",
    code: { "modules/launcher/main.tf": "var.roles.name_suffix" },
    tests: "`__tests__/local/two-regions.test.ts`",
    notProvoked: "it would create a second layout",
  },
  {
    id: "endpoints-in-china",
    sentence:
      "In China names of many interface endpoints begin with `cn.com.amazonaws`, in the European Sovereign Cloud of some with `eu.amazonaws`; the gateway endpoint of S3 is `com.amazonaws.<region>.s3`.",
    source: "AWS CDK, `aws-ec2/lib/vpc-endpoint.ts`",
    certainty: "reported",
    code: {
      "modules/network/endpoints.tf": "cn.com.amazonaws",
      "src/network/endpoint-service-names.ts": "cn.com.amazonaws",
    },
    tests: "`modules/network/tests/network.tftest.hcl`, `__tests__/constructs/network.test.ts`",
    notProvoked: "it needs an account in these partitions",
  },
  {
    id: "elb-path-limits",
    sentence:
      "A path of a listener rule has at most 128 characters, and the conditions of a rule at most 6 wildcards; the blocks take 5.",
    source:
      "ELB User Guide, `load-balancer-limits.html`; public code on the quota `ConditionWildcardsPerRule`",
    certainty: "from memory, reported",
    code: { "modules/load-balancer/variables.tf": "<= 5" },
    notProvoked: "it needs a load balancer",
  },
  {
    id: "efs-client-actions",
    sentence:
      "`elasticfilesystem:AccessPointArn` is a condition key of ClientMount, ClientWrite and ClientRootAccess.",
    source: "Service Authorization Reference, Amazon EFS",
    certainty: "documented",
    code: { "modules/file-system/main.tf": "elasticfilesystem:AccessPointArn" },
    notProvoked: "it needs a mount in a task",
  },
  {
    id: "vpc-flow-log-permissions",
    sentence:
      "Flow logs need `logs:CreateLogStream`, `logs:PutLogEvents` and `logs:DescribeLogStreams` on their group.",
    source:
      "VPC User Guide, `flow-logs-iam-role.html`, which lists five actions on `*`; public code of aws/aws-cdk",
    certainty: "reported",
    code: { "modules/network/main.tf": '"logs:DescribeLogStreams"' },
    notProvoked: "records come ten minutes later, and local AWS writes none",
  },
  {
    id: "fargate-storage",
    sentence:
      "Fargate has 21 to 200 GiB of ephemeral storage, and ARM also on Spot. EFS needs platform version 1.4.0, which is LATEST.",
    source: "ECS Developer Guide, `fargate-task-storage.html`, `fargate-capacity-providers.html`",
    certainty: "from memory",
    code: { "modules/task/main.tf": "ephemeral_storage" },
    notProvoked: "each needs tasks of other kinds",
  },
  {
    id: "lambda-batching-window",
    sentence: "A batch waits for the whole batching window also when only one message is there.",
    source: "Lambda Developer Guide, `services-sqs-configure.html`",
    certainty: "documented",
    code: { "modules/registrar/main.tf": "maximum_batching_window_in_seconds = 1" },
    tests: "`event-source-mappings.test.ts`",
    notProvoked: "Lambda begins to poll a new mapping after up to a minute, which hides a second",
  },
  {
    id: "events-any-container",
    sentence: "A pattern on `containers.exitCode` matches when any container of the array does.",
    source: "EventBridge User Guide, `eb-event-patterns-arrays.html`",
    certainty: "documented",
    code: {
      "handlers/launch/task-outcome.ts": "findFailureCause",
      "local/event-pattern.ts": "Array.isArray(child)",
    },
    tests: "`event-pattern.test.ts`",
    notProvoked: "no rule of the blocks has such a pattern: the function decides by the names of containers",
  },
  {
    id: "provider-queue-size",
    sentence:
      "Version 5.100 of the Terraform provider creates every queue with 262,144 bytes and refuses more.",
    source: "Plans of our modules; hashicorp/terraform-provider-aws issue 43710",
    certainty: "measured",
    code: { "handlers/shared/event-reference.ts": "version 5 of the Terraform provider" },
    notProvoked: "it is the provider, not AWS",
  },
];
