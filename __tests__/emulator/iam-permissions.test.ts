import { Directory } from "../../local/ecs/directory";
import { httpRequest } from "../../local/http";
import { NO_ROLES } from "../../local/iam/authorization";
import { requiredPermissions } from "../../local/iam/permissions";
import { InMemory } from "../../local/in-memory";
import { Accounts, type Call, identify } from "../../local/routing";

const ARN = "arn:aws:ecs:eu-west-1:123456789012";
const CLUSTER = `${ARN}:cluster/engines`;
const ALARM = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm";
const ROLE = "arn:aws:iam::123456789012:role";

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/${service}/aws4_request, x`,
});
const json = (service: string, action: string, input: object): Call =>
  identify(
    httpRequest("POST", "/", { ...signed(service), "x-amz-target": `X.${action}` }, JSON.stringify(input)),
    new Accounts(),
  );
const query = (service: string, input: Record<string, string>): Call =>
  identify(
    httpRequest(
      "POST",
      "/",
      { ...signed(service), "content-type": "application/x-www-form-urlencoded" },
      new URLSearchParams(input).toString(),
    ),
    new Accounts(),
  );
const rest = (
  service: string,
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body = "",
): Call => identify(httpRequest(method, url, { ...signed(service), ...headers }, body), new Accounts());

async function permissions(call: Call) {
  const upstream = new InMemory([]);
  const directory = new Directory(upstream);
  await upstream.send(
    json("ecs", "RegisterTaskDefinition", {
      family: "auth",
      taskRoleArn: `${ROLE}/auth-task`,
      executionRoleArn: `${ROLE}/auth-execution`,
      containerDefinitions: [],
    }),
  );
  return requiredPermissions(call, { directory, queueKey: () => undefined, upstream });
}

const on = (action: string, resource: string, context?: object) =>
  context ? { action, resource, context } : { action, resource };
const tagged = { "aws:TagKeys": ["team"], "aws:RequestTag/team": "shop" };
const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const task = `${ARN}:task/engines/0123456789abcdef0123456789abcdef`;
const group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/1";

describe("RunTask", () => {
  test("requires permissions on the definition with its revision, its roles and, with tags, the tags of a new task", async () => {
    expect(
      await permissions(
        json("ecs", "RunTask", {
          cluster: "engines",
          taskDefinition: "auth",
          tags: [{ key: "service", value: "auth" }],
        }),
      ),
    ).toEqual([
      on("ecs:RunTask", `${ARN}:task-definition/auth:1`, {
        "ecs:cluster": CLUSTER,
        "ecs:enable-execute-command": "false",
        "aws:TagKeys": ["service"],
        "aws:RequestTag/service": "auth",
      }),
      on("iam:PassRole", `${ROLE}/auth-task`, passed),
      on("iam:PassRole", `${ROLE}/auth-execution`, passed),
      on("ecs:TagResource", `${ARN}:task/engines/*`, {
        "ecs:CreateAction": "RunTask",
        "aws:TagKeys": ["service"],
        "aws:RequestTag/service": "auth",
      }),
    ]);
  });

  test("requires PassRole on the roles of its overrides", async () => {
    const call = json("ecs", "RunTask", {
      taskDefinition: "auth:1",
      overrides: { taskRoleArn: `${ROLE}/a`, executionRoleArn: `${ROLE}/b` },
    });
    const needed = await permissions(call);
    expect(needed.map(({ resource }) => resource).slice(1)).toEqual([`${ROLE}/a`, `${ROLE}/b`]);
    expect(needed[0]?.context).toMatchObject({ "ecs:cluster": `${ARN}:cluster/default` });
  });

  test("requires PassRole on the infrastructure role of an EBS volume, to ECS itself", async () => {
    const managedEBSVolume = { roleArn: `${ROLE}/volumes`, sizeInGiB: 1 };
    const call = json("ecs", "RunTask", {
      taskDefinition: "auth:1",
      volumeConfigurations: [{ name: "ebs", managedEBSVolume }],
    });
    expect(await permissions(call)).toContainEqual(
      on("iam:PassRole", `${ROLE}/volumes`, { "iam:PassedToService": "ecs.amazonaws.com" }),
    );
  });

  test("requires permission on the family when the definition does not exist", async () => {
    expect(
      (await permissions(json("ecs", "RunTask", { taskDefinition: "none" }))).map((r) => r.resource),
    ).toEqual([`${ARN}:task-definition/none:*`]);
  });
});

test.each<[Call, object[]]>([
  [
    json("ecs", "DescribeTasks", { cluster: CLUSTER, tasks: [task, "abc"] }),
    [
      on("ecs:DescribeTasks", task, { "ecs:cluster": CLUSTER }),
      on("ecs:DescribeTasks", `${ARN}:task/engines/abc`, { "ecs:cluster": CLUSTER }),
    ],
  ],
  [
    json("ecs", "UpdateTaskProtection", { cluster: "engines", tasks: ["abc"], protectionEnabled: true }),
    [on("ecs:UpdateTaskProtection", `${ARN}:task/engines/abc`, { "ecs:cluster": CLUSTER })],
  ],
  [
    json("ecs", "UpdateService", { cluster: "engines", service: "worker", desiredCount: 1 }),
    [on("ecs:UpdateService", `${ARN}:service/engines/worker`, { "ecs:cluster": CLUSTER })],
  ],
  [
    json("ecs", "DescribeServices", { cluster: CLUSTER, services: [`${ARN}:service/engines/worker`] }),
    [on("ecs:DescribeServices", `${ARN}:service/engines/worker`, { "ecs:cluster": CLUSTER })],
  ],
  [
    json("ecs", "ListTasks", { cluster: "engines" }),
    [on("ecs:ListTasks", `${ARN}:container-instance/engines/*`, { "ecs:cluster": CLUSTER })],
  ],
  [
    json("ecs", "StopTask", { cluster: "engines", task }),
    [on("ecs:StopTask", task, { "ecs:cluster": CLUSTER })],
  ],
  [
    json("ecs", "TagResource", { resourceArn: task, tags: [{ key: "stopping", value: "e" }] }),
    [on("ecs:TagResource", task, { "aws:TagKeys": ["stopping"], "aws:RequestTag/stopping": "e" })],
  ],
  [
    json("ecs", "DescribeTaskDefinition", { taskDefinition: "auth" }),
    [on("ecs:DescribeTaskDefinition", "*")],
  ],
  [
    json("ecs", "DescribeContainerInstances", { cluster: "engines", containerInstances: ["i1"] }),
    [
      on("ecs:DescribeContainerInstances", `${ARN}:container-instance/engines/i1`, {
        "ecs:cluster": CLUSTER,
      }),
    ],
  ],
  [
    query("elasticloadbalancing", { Action: "RegisterTargets", TargetGroupArn: group }),
    [on("elasticloadbalancing:RegisterTargets", group)],
  ],
  [
    query("elasticloadbalancing", { Action: "DescribeTargetHealth", TargetGroupArn: group }),
    [on("elasticloadbalancing:DescribeTargetHealth", "*")],
  ],
  [
    json("sqs", "SendMessageBatch", { QueueUrl: "http://127.0.0.1:1/111111111111/dead" }),
    [on("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:dead")],
  ],
  [
    json("sqs", "GetQueueUrl", { QueueName: "dead" }),
    [on("sqs:GetQueueUrl", "arn:aws:sqs:eu-west-1:123456789012:dead")],
  ],
  [
    rest("s3", "PUT", "/b/payloads/a%20b.json?x-id=PutObject"),
    [on("s3:PutObject", "arn:aws:s3:::b/payloads/a b.json")],
  ],
  [rest("s3", "HEAD", "/b/k"), [on("s3:GetObject", "arn:aws:s3:::b/k")]],
  [rest("s3", "GET", "/b/k?versionId=1"), [on("s3:GetObjectVersion", "arn:aws:s3:::b/k")]],
  [
    rest("s3", "PUT", "/b/k", { "x-amz-copy-source": "other/k" }),
    [on("s3:PutObject", "arn:aws:s3:::b/k"), on("s3:GetObject", "arn:aws:s3:::other/k")],
  ],
  [rest("s3", "GET", "/b?publicAccessBlock"), [on("s3:GetBucketPublicAccessBlock", "arn:aws:s3:::b", {})]],
  [rest("s3", "PUT", "/b?publicAccessBlock"), [on("s3:PutBucketPublicAccessBlock", "arn:aws:s3:::b", {})]],
  [rest("s3", "DELETE", "/b?publicAccessBlock"), [on("s3:PutBucketPublicAccessBlock", "arn:aws:s3:::b", {})]],
  [rest("s3", "PUT", "/b?encryption"), [on("s3:PutEncryptionConfiguration", "arn:aws:s3:::b", {})]],
  [rest("s3", "GET", "/b?lifecycle"), [on("s3:GetLifecycleConfiguration", "arn:aws:s3:::b", {})]],
  [rest("s3", "DELETE", "/b?policy"), [on("s3:DeleteBucketPolicy", "arn:aws:s3:::b", {})]],
  [
    rest("s3", "GET", "/b?uploads&prefix=v2/"),
    [on("s3:ListBucketMultipartUploads", "arn:aws:s3:::b", { "s3:prefix": "v2/" })],
  ],
  [
    rest(
      "s3",
      "POST",
      "/b?delete",
      {},
      "<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>",
    ),
    [on("s3:DeleteObject", "arn:aws:s3:::b/a&b"), on("s3:DeleteObjectVersion", "arn:aws:s3:::b/c")],
  ],
  [rest("s3", "POST", "/b/k?uploads"), [on("s3:PutObject", "arn:aws:s3:::b/k")]],
  [rest("s3", "PUT", "/b/k?partNumber=1&uploadId=u"), [on("s3:PutObject", "arn:aws:s3:::b/k")]],
  [rest("s3", "GET", "/b/k?uploadId=u"), [on("s3:ListMultipartUploadParts", "arn:aws:s3:::b/k")]],
  [rest("s3", "POST", "/b/k?uploadId=u"), [on("s3:PutObject", "arn:aws:s3:::b/k")]],
  [rest("s3", "DELETE", "/b/k?uploadId=u"), [on("s3:AbortMultipartUpload", "arn:aws:s3:::b/k")]],
  [
    rest("s3", "GET", "/b?list-type=2&prefix=payloads/"),
    [on("s3:ListBucket", "arn:aws:s3:::b", { "s3:prefix": "payloads/" })],
  ],
  [
    rest("lambda", "POST", "/2015-03-31/functions/start/invocations?Qualifier=live"),
    [on("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:start:live")],
  ],
  [
    json("events", "PutEvents", { Entries: [{ Source: "a", DetailType: "b", EventBusName: "shop" }] }),
    [
      on("events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/shop", {
        "events:source": "a",
        "events:detail-type": "b",
      }),
    ],
  ],
  [
    json("states", "StartExecution", {
      stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
    }),
    [on("states:StartExecution", "arn:aws:states:eu-west-1:123456789012:stateMachine:m")],
  ],
  [
    json("logs", "PutLogEvents", { logGroupName: "/a", logStreamName: "s" }),
    [on("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/a:log-stream:s")],
  ],
  [
    json("ssm", "GetParameters", { Names: ["/db/password", "plain"] }),
    [
      on("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/db/password"),
      on("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/plain"),
    ],
  ],
  [
    json("secretsmanager", "GetSecretValue", { SecretId: "none" }),
    [on("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:none")],
  ],
  [
    json("events", "ListTargetsByRule", { Rule: "start", EventBusName: "default" }),
    [on("events:ListTargetsByRule", "arn:aws:events:eu-west-1:123456789012:rule/start")],
  ],
  [
    json("events", "ListTargetsByRule", { Rule: "start", EventBusName: "shop" }),
    [on("events:ListTargetsByRule", "arn:aws:events:eu-west-1:123456789012:rule/shop/start")],
  ],
  [
    rest("scheduler", "GET", "/schedules/evening?groupName=default"),
    [on("scheduler:GetSchedule", "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/evening")],
  ],
  [rest("scheduler", "GET", "/schedules?NamePrefix=engines-"), [on("scheduler:ListSchedules", "*")]],
  [query("sts", { Action: "GetCallerIdentity" }), []],
  [
    json("kms", "GenerateMac", { KeyId: "arn:aws:kms:eu-west-1:123456789012:key/k", Message: "" }),
    [on("kms:GenerateMac", "arn:aws:kms:eu-west-1:123456789012:key/k")],
  ],
  [query("sts", { Action: "AssumeRole", RoleArn: `${ROLE}/r` }), [on("sts:AssumeRole", `${ROLE}/r`)]],
  [
    query("ec2", { Action: "StopInstances", "InstanceId.1": "i-1", "InstanceId.2": "i-2" }),
    [
      on("ec2:StopInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"),
      on("ec2:StopInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-2"),
    ],
  ],
  [
    query("ec2", { Action: "RevokeSecurityGroupIngress", GroupId: "sg-1" }),
    [on("ec2:RevokeSecurityGroupIngress", "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1")],
  ],
  [query("ec2", { Action: "CreateTags", "ResourceId.1": "vpc-1" }), [on("ec2:CreateTags", "*")]],
  [query("ec2", { Action: "DescribeInstances", "InstanceId.1": "i-1" }), [on("ec2:DescribeInstances", "*")]],
  [
    query("iam", { Action: "UpdateAccessKey", UserName: "alice" }),
    [on("iam:UpdateAccessKey", "arn:aws:iam::123456789012:user/alice")],
  ],
  [query("iam", { Action: "ListUsers" }), [on("iam:ListUsers", "*")]],
  [
    query("rds", { Action: "ModifyDBInstance", DBInstanceIdentifier: "orders" }),
    [on("rds:ModifyDBInstance", "arn:aws:rds:eu-west-1:123456789012:db:orders")],
  ],
  [
    query("rds", { Action: "DescribeDBInstances" }),
    [on("rds:DescribeDBInstances", "arn:aws:rds:eu-west-1:123456789012:db:*")],
  ],
  [
    query("rds", {
      Action: "CreateDBInstance",
      DBInstanceIdentifier: "Orders",
      DBParameterGroupName: "orders",
      DBSubnetGroupName: "private",
      ManageMasterUserPassword: "true",
      MonitoringRoleArn: `${ROLE}/monitoring`,
      "Tags.Tag.1.Key": "team",
      "Tags.Tag.1.Value": "shop",
    }),
    [
      ...["db:orders", "pg:orders", "subgrp:private"].map((resource) =>
        on("rds:CreateDBInstance", `arn:aws:rds:eu-west-1:123456789012:${resource}`, tagged),
      ),
      on("rds:AddTagsToResource", "arn:aws:rds:eu-west-1:123456789012:db:orders", tagged),
      on("secretsmanager:CreateSecret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*"),
      on("secretsmanager:TagResource", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*"),
      on("iam:PassRole", `${ROLE}/monitoring`, { "iam:PassedToService": "monitoring.rds.amazonaws.com" }),
    ],
  ],
  [
    query("rds", {
      Action: "CreateDBSnapshot",
      DBInstanceIdentifier: "orders",
      DBSnapshotIdentifier: "one",
      "Tags.Tag.1.Key": "team",
      "Tags.Tag.1.Value": "shop",
    }),
    [
      on("rds:CreateDBSnapshot", "arn:aws:rds:eu-west-1:123456789012:db:orders", tagged),
      on("rds:CreateDBSnapshot", "arn:aws:rds:eu-west-1:123456789012:snapshot:one", tagged),
      on("rds:AddTagsToResource", "arn:aws:rds:eu-west-1:123456789012:snapshot:one", tagged),
    ],
  ],
  [
    query("rds", {
      Action: "RestoreDBInstanceToPointInTime",
      SourceDBInstanceIdentifier: "orders",
      TargetDBInstanceIdentifier: "again",
    }),
    ["again", "orders"].map((id) =>
      on("rds:RestoreDBInstanceToPointInTime", `arn:aws:rds:eu-west-1:123456789012:db:${id}`),
    ),
  ],
  [json("tagging", "GetResources", {}), [on("tag:GetResources", "*")]],
  [json("dynamodb", "PutItem", {}), [on("dynamodb:PutItem", "*")]],
  [query("monitoring", { Action: "PutMetricData" }), [on("cloudwatch:PutMetricData", "*")]],
  [
    query("monitoring", { Action: "PutMetricAlarm", AlarmName: "depth" }),
    [on("cloudwatch:PutMetricAlarm", `${ALARM}:depth`)],
  ],
  [
    json("monitoring", "DeleteAlarms", { AlarmNames: ["depth", "age"] }),
    [on("cloudwatch:DeleteAlarms", `${ALARM}:depth`), on("cloudwatch:DeleteAlarms", `${ALARM}:age`)],
  ],
  [json("monitoring", "DescribeAlarms", {}), [on("cloudwatch:DescribeAlarms", `${ALARM}:*`)]],
  [
    json("monitoring", "TagResource", { ResourceARN: `${ALARM}:depth` }),
    [on("cloudwatch:TagResource", `${ALARM}:depth`)],
  ],
  [
    json("application-autoscaling", "RegisterScalableTarget", {
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
    }),
    [
      on(
        "application-autoscaling:RegisterScalableTarget",
        "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/*",
        {
          "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
          "application-autoscaling:service-namespace": "ecs",
        },
      ),
    ],
  ],
  [
    json("application-autoscaling", "DescribeScalingPolicies", { ServiceNamespace: "ecs" }),
    [on("application-autoscaling:DescribeScalingPolicies", "*")],
  ],
])("finds the permissions of call %#", async (call, needed) => {
  expect(await permissions(call)).toEqual(needed);
});

test("denies a call without a known action, and names the call", async () => {
  await expect(permissions(rest("apigateway", "GET", "/restapis"))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message:
      "Local AWS does not know which permission the call GET /restapis of apigateway requires, so it denies it to roles.",
  });
});

test("allows everything in process, where there are no roles", async () => {
  expect(await NO_ROLES.isAllowed(`${ROLE}/r`, "sqs:SendMessage", "*")).toBe(true);
});
