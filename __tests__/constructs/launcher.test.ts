import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Launcher, type LauncherEvent, type LauncherProps } from "../../src/launcher";
import type { LaunchRoute } from "../../src/launcher/route";
import { only, synthesize } from "./synth";

const route: LaunchRoute = {
  clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
  family: "engines-auth",
  taskDefinitionArnWithoutRevision: "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth",
  containerName: "engines-auth",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleArn: "arn:aws:iam::123456789012:role/engines-auth-task",
  taskRoleName: "engines-auth-task",
  executionRoleArn: "arn:aws:iam::123456789012:role/engines-auth-execution",
};

const launcher = (props: Partial<LauncherProps> = {}, event?: [string, LauncherEvent]) =>
  synthesize((stack) => {
    const made = new Launcher(stack, "launcher", { name: "engines", routes: { auth: route }, ...props });
    if (event) made.onEvent(...event);
  });

/** Ids like those of AWS: they do not compress. */
const id = (prefix: string, seed: number): string =>
  `${prefix}-0${createHash("sha256").update(String(seed)).digest("hex").slice(0, 16)}`;

test("50 launch routes with different names, ids, target groups and retries fit into the environment of a Lambda function", () => {
  const routes = Object.fromEntries(
    Array.from({ length: 50 }, (_, index): [string, LaunchRoute] => [
      `payments-service-${index}`,
      {
        ...route,
        family: `production-engines-payments-service-${index}`,
        containerName: `production-engines-payments-service-${index}`,
        subnetIds: [1, 2, 3].map((subnet) => id("subnet", subnet)),
        securityGroupIds: [id("sg", index + 10)],
        port: 8000 + index,
        allowOverrides: ["command", "environment"],
        targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/production-payments-${index}-${id("", index).slice(2, 8)}/${id("", index + 60).slice(2)}`,
        targetType: "ip",
        onFailure: { action: "retry", maxAttempts: 1 + (index % 10), backoffSeconds: 18 * index },
        interruptionRetries: index % 10,
      },
    ]),
  );
  const stack = new TerraformStack(Testing.app(), "test");
  new Launcher(stack, "launcher", { name: "engines", routes });
  const [text] = Object.values(JSON.parse(Testing.synth(stack)).locals as Record<string, string>);
  expect(Object.keys(JSON.parse(text!))).toHaveLength(50);
  // The other variables, with the longest name, take some 460 of the 4,096 bytes.
  expect(gzipSync(text!).toString("base64").length).toBeLessThan(4096 - 460);
});

test("onEvent() makes the same rule as the prop events", () => {
  const event: LauncherEvent = { source: ["custom.app"], detailType: ["Start ECS Task"] };
  expect(launcher({}, ["start", event])).toEqual(launcher({ events: { start: event } }));
});

test("accepts a task in place of its launch route", () => {
  expect(launcher({ routes: { auth: { route } } })).toEqual(launcher());
});

test("attaches no policy to an existing task role, and says what it needs", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const { readPayloadPolicyJson } = new Launcher(stack, "launcher", {
    name: "engines",
    routes: { auth: route, pdf: { ...route, taskRoleName: "theirs", existingTaskRole: true } },
  });
  new TerraformOutput(stack, "needed", { value: readPayloadPolicyJson });
  const { resource, output } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, Record<string, unknown>>>;
    output: Record<string, { value: string }>;
  };
  const reading = Object.values(resource.aws_iam_role_policy!).filter(
    ({ name }) => name === "engines-read-payload",
  );
  expect(reading.map(({ role }) => role)).toEqual(["engines-auth-task"]);
  expect(reading[0]!.policy).toBe(output.needed!.value);
});

test("splits the permissions for more than six services into several policies", () => {
  const routes = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`service-${index}`, route]));
  const policies = Object.values(launcher({ routes }).aws_iam_policy!);
  expect(policies.map((policy) => policy.name)).toEqual([
    "engines-launch-0",
    "engines-launch-1",
    "engines-launch-2",
  ]);
});

test("passes the infrastructure role of an EBS volume to ECS, and its settings to the function", () => {
  const infrastructureRoleArn = "arn:aws:iam::123456789012:role/engines-auth-volumes";
  const ebsVolume = { name: "ebs", infrastructureRoleArn, sizeGib: 500, iops: 4000 };
  const stack = new TerraformStack(Testing.app(), "test");
  new Launcher(stack, "launcher", { name: "engines", routes: { auth: { ...route, ebsVolume }, pdf: route } });
  const { resource, locals } = JSON.parse(Testing.synth(stack));
  const [launching] = Object.values(resource.aws_iam_policy as Record<string, { policy: string }>);
  expect(launching!.policy).toContain(
    `{"Action":"iam:PassRole","Condition":{"StringEquals":{"iam:PassedToService":"ecs.amazonaws.com"}},"Effect":"Allow","Resource":["${infrastructureRoleArn}"]}`,
  );
  const [routes] = Object.values(locals as Record<string, string>).map((text) => JSON.parse(text));
  expect(routes.auth.ebsVolume).toEqual({
    name: "ebs",
    roleArn: infrastructureRoleArn,
    sizeInGiB: 500,
    volumeType: "gp3",
    iops: 4000,
    encrypted: true,
    filesystemType: "xfs",
  });
  expect(routes.pdf).not.toHaveProperty("ebsVolume");
});

const targetGroupArn =
  "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef";
const withTargetGroup: LaunchRoute = {
  ...route,
  targetGroupArn,
  targetType: "ip",
  deregistrationDelaySeconds: 30,
};

type Resources = ReturnType<typeof launcher>;

const functionOf = (resources: Resources) =>
  only(resources, "aws_lambda_function") as {
    timeout: number;
    environment: { variables: Record<string, string> };
  };

/** Replaces the quotes within expressions that only Terraform can evaluate. */
const parsable = (document: string): string =>
  document.replaceAll(/\$\{[^}]*\}/g, (expression) => expression.replaceAll(/["\\]/g, "'"));

/** The actions that the function's inline policies allow, each with its resources. */
const permissionsOf = (resources: Resources): Record<string, unknown> => {
  const own = ["payload", "tasks", "targets", "buffer", "invoke-itself"];
  const documents = Object.values(resources.aws_iam_role_policy!).flatMap(({ name, policy }) =>
    own.includes(name as string) ? [parsable(policy as string)] : [],
  );
  return Object.fromEntries(
    documents
      .flatMap(
        (document) => JSON.parse(document).Statement as { Action: string | string[]; Resource: unknown }[],
      )
      .flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, Resource])),
  );
};

describe("with waitTimeoutSeconds", () => {
  const waiting = launcher({
    routes: { auth: withTargetGroup },
    waitTimeoutSeconds: 300,
    waitFor: "healthy",
  });

  test("the function gets the wait time, and a timeout that is one minute longer", () => {
    const { timeout, environment } = functionOf(waiting);
    expect(timeout).toBe(360);
    expect(environment.variables).toMatchObject({ TASK_WAIT_TIMEOUT: "300", WAIT_FOR: "healthy" });
    expect(functionOf(launcher({ waitTimeoutSeconds: 5 })).environment.variables.WAIT_FOR).toBe("running");
    expect(functionOf(launcher()).timeout).toBe(30);
  });

  test("the function is allowed to register tasks in the target groups, and to stop tasks that it cannot register", () => {
    const permissions = permissionsOf(waiting);
    expect(permissions["elasticloadbalancing:RegisterTargets"]).toEqual([targetGroupArn]);
    expect(permissions["elasticloadbalancing:DescribeTargetHealth"]).toBe("*");
    expect(permissions["ecs:StopTask"]).toEqual([expect.stringContaining(":task/")]);
    expect(permissions).not.toHaveProperty(["ecs:DescribeContainerInstances"]);
    const onInstance = {
      ...withTargetGroup,
      networkMode: "host",
      capacity: "EC2",
      targetType: "instance",
    } as const;
    expect(permissionsOf(launcher({ routes: { auth: onInstance }, waitTimeoutSeconds: 5 }))).toHaveProperty([
      "ecs:DescribeContainerInstances",
    ]);
  });

  test.each<[string, Partial<LauncherProps>]>([
    ["does not wait", { routes: { auth: withTargetGroup } }],
    ["has no target group", { waitTimeoutSeconds: 5 }],
  ])("a launcher that %s has no permissions to register tasks", (_what, props) => {
    expect(Object.keys(permissionsOf(launcher(props))).sort()).toEqual([
      "ecs:DescribeTasks",
      "lambda:InvokeFunction",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
    ]);
  });
});

describe("with buffer", () => {
  const event: LauncherEvent = { source: ["custom.app"], detailType: ["Start ECS Task"], service: "auth" };
  const buffered = launcher({ buffer: true, events: { start: event } });
  const [queue] = Object.keys(buffered.aws_sqs_queue!).filter((id) => id.includes("buffer"));

  test("only the function sends to the queue: an event may have 1 MB, a message 256 KiB", () => {
    const [fn] = Object.keys(buffered.aws_lambda_function!);
    const target = only(buffered, "aws_cloudwatch_event_target", { target_id: "engines-start" });
    expect(target.arn).toBe(`\${aws_lambda_function.${fn}.arn}`);
    expect(target.input_transformer).toBeDefined();
    const { policy } = only(buffered, "aws_sqs_queue_policy", { queue_url: `\${aws_sqs_queue.${queue}.id}` });
    expect(policy).not.toContain("Allow");
    expect(permissionsOf(buffered)["sqs:SendMessage"]).toContain(`aws_sqs_queue.${queue}.arn`);
    const { variables } = functionOf(buffered).environment;
    expect(variables).toMatchObject({
      BUFFER_QUEUE_URL: `\${aws_sqs_queue.${queue}.url}`,
      RETRY_QUEUE_URL: `\${aws_sqs_queue.${queue}.url}`,
    });
  });

  test("onEvent() gives the same result", () => {
    expect(launcher({ buffer: true }, ["start", event])).toEqual(buffered);
  });

  test("the function polls the queue with batches of 10 and 20 concurrent invocations", () => {
    expect(only(buffered, "aws_lambda_event_source_mapping")).toMatchObject({
      event_source_arn: `\${aws_sqs_queue.${queue}.arn}`,
      batch_size: 10,
      function_response_types: ["ReportBatchItemFailures"],
      scaling_config: { maximum_concurrency: 20 },
    });
    expect(Object.keys(permissionsOf(buffered))).toEqual(
      expect.arrayContaining(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]),
    );
  });

  test("the visibility timeout is six times the function timeout, and the DLQ is that of the launcher", () => {
    expect(functionOf(buffered).timeout).toBe(60);
    const { redrive_policy, ...rest } = buffered.aws_sqs_queue![queue!]!;
    expect(rest).toMatchObject({ visibility_timeout_seconds: 360, message_retention_seconds: 1209600 });
    const [deadLetterQueue] = Object.entries(buffered.aws_sqs_queue!).find(
      ([, { name }]) => name === "engines-dead-letter",
    )!;
    expect(redrive_policy).toContain(`aws_sqs_queue.${deadLetterQueue}.arn`);
    expect(redrive_policy).toContain('"maxReceiveCount":10');
    const waiting = launcher({ buffer: true, waitTimeoutSeconds: 100 });
    expect(only(waiting, "aws_sqs_queue", { name: "engines-buffer" }).visibility_timeout_seconds).toBe(960);
  });
});

describe("onFailure", () => {
  const named = { name: "engines-buffer" };
  const retrying = launcher({ routes: { auth: { ...route, onFailure: { action: "retry" } } } });

  test("retries wait in a queue, and events do not", () => {
    const [queue] = Object.keys(retrying.aws_sqs_queue!).filter((id) => id.includes("buffer"));
    const { timeout, environment } = functionOf(retrying);
    expect(only(retrying, "aws_sqs_queue", named)).toBeDefined();
    expect(only(retrying, "aws_lambda_event_source_mapping").batch_size).toBe(10);
    expect(timeout).toBe(60);
    expect(environment.variables.RETRY_QUEUE_URL).toBe(`\${aws_sqs_queue.${queue}.url}`);
    expect(environment.variables).not.toHaveProperty("BUFFER_QUEUE_URL");
  });

  test.each(["alarm", "dead_letter"] as const)("%s makes no queue", (action) => {
    const made = launcher({ routes: { auth: { ...route, onFailure: { action } } } });
    expect(() => only(made, "aws_sqs_queue", named)).toThrow("0 resources");
    expect(functionOf(made).environment.variables).not.toHaveProperty("RETRY_QUEUE_URL");
  });

  test("makes an alarm on failed tasks for each service", () => {
    const made = launcher({ routes: { auth: route, pdf: route }, alarmActions: ["arn:aws:sns:::oncall"] });
    for (const service of ["auth", "pdf"])
      expect(
        only(made, "aws_cloudwatch_metric_alarm", { alarm_name: `engines-${service}-task-failures` }),
      ).toMatchObject({
        namespace: "EventDrivenEcs",
        metric_name: "TasksFailed",
        dimensions: { Function: expect.stringContaining("function_name"), Service: service },
        statistic: "Sum",
        threshold: 0,
        treat_missing_data: "notBreaching",
        alarm_actions: ["arn:aws:sns:::oncall"],
      });
  });

  test("refuses an action that only Terraform resolves", () => {
    const unknown = () =>
      synthesize((stack) => {
        const action = new TerraformVariable(stack, "action", { type: "string" }).stringValue as "retry";
        new Launcher(stack, "launcher", {
          name: "engines",
          routes: { auth: { ...route, onFailure: { action } } },
        });
      });
    expect(unknown).toThrow("routes.auth.onFailure.action is a token that only Terraform resolves");
  });
});

test("the function is allowed to use its own bucket only, and to invoke only itself", () => {
  const permissions = permissionsOf(launcher());
  const folders = ["payloads", "launches", "idempotency-keys"];
  expect(permissions["s3:PutObject"]).toEqual(
    folders.map((folder) => expect.stringMatching(new RegExp(`aws_s3_bucket.*/${folder}/\\*$`))),
  );
  expect(permissions["s3:GetObject"]).toEqual(permissions["s3:PutObject"]);
  expect(permissions["s3:ListBucket"]).toMatch(/^\$\{.*aws_s3_bucket[^/]*$/);
  expect(permissions["lambda:InvokeFunction"]).toMatch(/^\$\{.*aws_lambda_function[^*]*$/);
});

test("the deduplication window is 24 hours by default, and up to the retention of the bucket", () => {
  const windowOf = (props: Partial<LauncherProps>) =>
    functionOf(launcher(props)).environment.variables.DEDUPLICATION_WINDOW_HOURS;
  expect(windowOf({})).toBe("24");
  expect(windowOf({ deduplicationWindowHours: 1 })).toBe("1");
  expect(windowOf({ deduplicationWindowHours: 720 })).toBe("720");
});

test("the function gets every stopped task of its launch routes, whatever the stop code", () => {
  const { event_pattern } = only(launcher(), "aws_cloudwatch_event_rule", { name: "engines-task-failed" });
  expect(JSON.parse(event_pattern as string)).toEqual({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: {
      clusterArn: [route.clusterArn],
      group: [{ prefix: "route-" }, { prefix: "route:" }],
      lastStatus: ["STOPPED"],
    },
  });
});

describe("the run history", () => {
  const ends = (made: ReturnType<typeof launcher>) =>
    JSON.parse(
      only(made, "aws_cloudwatch_event_rule", { name: "engines-run-history" }).event_pattern as string,
    );

  test("is written by EventBridge itself, for the tasks that the function counts", () => {
    const made = launcher({ logRetentionDays: 30 });
    const { event_pattern } = only(made, "aws_cloudwatch_event_rule", { name: "engines-task-failed" });
    expect(ends(made)).toEqual(JSON.parse(event_pattern as string));
    expect(only(made, "aws_cloudwatch_log_group", { name: "/aws/events/engines-run-history" })).toMatchObject(
      { retention_in_days: 30 },
    );
    const target = only(made, "aws_cloudwatch_event_target", { target_id: "engines-run-history" });
    expect(target).toMatchObject({ arn: expect.stringContaining("aws_cloudwatch_log_group") });
    // EventBridge refuses a role for a log group.
    expect(target).not.toHaveProperty("role_arn");
  });

  test("is allowed by a log resource policy for its rule, which exists before the target", () => {
    const made = launcher();
    const { policy_document } = only(made, "aws_cloudwatch_log_resource_policy", {});
    expect(policy_document).toMatch(
      /"logs:PutLogEvents","Condition":\{"ArnEquals":\{"aws:SourceArn":"\S*aws_cloudwatch_event_rule\.\S*run-history-rule/,
    );
    const target = only(made, "aws_cloudwatch_event_target", { target_id: "engines-run-history" });
    expect(target.depends_on).toEqual([expect.stringContaining("aws_cloudwatch_log_resource_policy")]);
  });

  test("has no policy of its own, or is not there, if told so", () => {
    const shared = launcher({ createRunHistoryPolicy: false });
    expect(shared).not.toHaveProperty("aws_cloudwatch_log_resource_policy");
    expect(ends(shared)).toBeDefined();
    for (const made of [
      launcher({ createRunHistory: false }),
      launcher({
        policySelection: {
          bucketName: "policies",
          bucketArn: "arn:aws:s3:::policies",
          runQueue: {
            url: "https://sqs.eu-west-1.amazonaws.com/123456789012/runs",
            arn: "arn:aws:sqs:eu-west-1:123456789012:runs",
          },
        },
      }),
    ])
      expect(JSON.stringify(made)).not.toContain("run-history");
  });
});

test("the function gets only the settings of a launch route that are not the default", () => {
  const routesOf = (more: Partial<LaunchRoute>): Record<string, unknown> => {
    const stack = new TerraformStack(Testing.app(), "test");
    new Launcher(stack, "launcher", { name: "engines", routes: { auth: { ...route, ...more } } });
    const [text] = Object.values(JSON.parse(Testing.synth(stack)).locals as Record<string, string>);
    return JSON.parse(text!).auth;
  };
  const plain = routesOf({});
  expect(Object.keys(plain).sort()).toEqual(["cluster", "container", "family", "securityGroups", "subnets"]);
  expect(routesOf({ networkMode: "awsvpc", capacity: "FARGATE" })).toEqual(plain);
  expect(
    routesOf({
      onFailure: { action: "alarm", maxAttempts: 5 },
      interruptionRetries: 3,
      enableExecuteCommand: false,
      essentialContainers: [route.containerName],
    }),
  ).toEqual(plain);
  expect(
    routesOf({
      onFailure: { action: "retry", backoffSeconds: 0 },
      interruptionRetries: 0,
      enableExecuteCommand: true,
      essentialContainers: [route.containerName, "proxy"],
    }),
  ).toEqual({
    ...plain,
    onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 0 },
    interruptionRetries: 0,
    enableExecuteCommand: true,
    essential: [route.containerName, "proxy"],
  });
  expect(routesOf({ ...withTargetGroup, capacity: "FARGATE_SPOT" })).toEqual({
    ...plain,
    targetGroup: targetGroupArn,
    targetType: "ip",
    capacity: "FARGATE_SPOT",
  });
  expect(routesOf({ networkMode: "host", capacity: "EC2" })).toEqual({
    ...plain,
    networkMode: "host",
    capacity: "EC2",
    subnets: [],
    securityGroups: [],
  });
});

test("the function's environment has the variables of the handler's schema", () => {
  const { environment } = only(launcher(), "aws_lambda_function") as { environment: { variables: object } };
  expect(Object.keys(environment.variables).sort()).toEqual([
    "DEAD_LETTER_QUEUE_URL",
    "DEDUPLICATION_WINDOW_HOURS",
    "LOG_LEVEL",
    "PAYLOAD_BUCKET",
    "ROUTES",
  ]);
});

test.each<[string, Partial<LauncherProps>, string]>([
  ["a long name", { name: "engines-of-the-whole-company-1" }, 'name is "engines-of-the-whole-company-1"'],
  ["no routes", { routes: {} }, "routes has 0 services; a launcher takes 1 to 50"],
  [
    "51 routes",
    { routes: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`s${index}`, route])) },
    "routes has 51 services",
  ],
  ["a service name with a dot", { routes: { "a.b": route } }, 'routes names "a.b"'],
  ["no subnets", { routes: { auth: { ...route, subnetIds: [] } } }, "routes.auth has 0 subnets"],
  [
    "an override that does not exist",
    { routes: { auth: { ...route, allowOverrides: ["cluster" as never] } } },
    'routes.auth.allowOverrides names "cluster"; an event may override "taskDefinition"',
  ],
  [
    "another port for a service behind a load balancer",
    { routes: { auth: { ...route, targetType: "ip", allowOverrides: ["command", "port"] } } },
    'routes.auth.allowOverrides names "port", but a load balancer reaches the service, and on its own port only. Remove "port".',
  ],
  [
    "a payload retention shorter than that of the DLQ",
    { payloadRetentionDays: 14 },
    "payloadRetentionDays is 14",
  ],
  [
    "an event for a service without a launch route",
    { events: { nightly: { scheduleExpression: "rate(1 day)", service: "pdf" } } },
    'events.nightly.service is "pdf", which has no launch route; the services are "auth".',
  ],
  [
    "a wait longer than Lambda runs",
    { waitTimeoutSeconds: 841 },
    "waitTimeoutSeconds is 841; it takes a whole",
  ],
  [
    "a wait of half a second",
    { waitTimeoutSeconds: 0.5 },
    "waitTimeoutSeconds is 0.5; it takes a whole number of seconds",
  ],
  [
    "an unknown state to wait for",
    { waitFor: "stopped" as "running" },
    'waitFor is "stopped"; allowed are "running", "healthy".',
  ],
  [
    "an event called task-failed",
    { events: { "task-failed": { source: ["custom.app"] } } },
    'events names "task-failed"; an event\'s name has 1 to 35 letters',
  ],
  [
    "an event called run-history",
    { events: { "run-history": { source: ["custom.app"] } } },
    'events names "run-history"; an event\'s name has 1 to 35 letters, digits, hyphens and underscores, and "task-failed" and "run-history" are reserved.',
  ],
  [
    "an unknown capacity",
    { routes: { auth: { ...route, capacity: "ecs-gpu" } } },
    'routes.auth.capacity is "ecs-gpu"; allowed are "FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT", and the name',
  ],
  [
    "an unknown network mode",
    { routes: { auth: { ...route, networkMode: "none" as "host" } } },
    'routes.auth.networkMode is "none"; allowed are "awsvpc", "bridge", "host".',
  ],
  [
    "an unknown target type",
    { routes: { auth: { ...route, targetType: "lambda" as "ip" } } },
    'routes.auth.targetType is "lambda"; allowed are "ip", "instance".',
  ],
  ...Object.entries<[Partial<LaunchRoute>, string]>({
    "an unknown action": [
      { onFailure: { action: "page" as "alarm" } },
      'onFailure.action is "page"; allowed are "alarm", "retry", "dead_letter".',
    ],
    "zero attempts": [
      { onFailure: { action: "retry", maxAttempts: 0 } },
      "onFailure.maxAttempts is 0; it takes a whole number from 1 to 10, the first launch included.",
    ],
    "eleven attempts": [{ onFailure: { maxAttempts: 11 } }, "onFailure.maxAttempts is 11; it takes"],
    "a fraction of an attempt": [
      { onFailure: { maxAttempts: 1.5 } },
      "onFailure.maxAttempts is 1.5; it takes",
    ],
    "a backoff longer than the longest delay of SQS": [
      { onFailure: { backoffSeconds: 901 } },
      "onFailure.backoffSeconds is 901; it takes a whole number of seconds from 0 to 900 (SQS delays",
    ],
    "eleven retries of an interrupted task": [
      { interruptionRetries: 11 },
      "interruptionRetries is 11; it takes a whole number from 0 to 10; with 0 an interrupted",
    ],
    "a task without an essential container": [
      { essentialContainers: [] },
      "essentialContainers is empty; a task has at least one essential container.",
    ],
  }).map(([what, [more, message]]): [string, Partial<LauncherProps>, string] => [
    what,
    { routes: { auth: { ...route, ...more } } },
    `routes.auth.${message}`,
  ]),
  [
    "a window longer than the payload retention",
    { deduplicationWindowHours: 361, payloadRetentionDays: 15 },
    "deduplicationWindowHours is 361 and payloadRetentionDays is 15; the bucket keeps a launch record for 360 hours, so the window is at most 360.",
  ],
  [
    "a window of zero hours",
    { deduplicationWindowHours: 0 },
    "deduplicationWindowHours is 0; it takes a whole number of hours, 1 or more.",
  ],
  [
    "a window of half an hour",
    { deduplicationWindowHours: 1.5 },
    "deduplicationWindowHours is 1.5; it takes",
  ],
  [
    "a schedule without a service",
    { events: { nightly: { scheduleExpression: "rate(1 day)" } } },
    'events.nightly has scheduleExpression "rate(1 day)" and no service.',
  ],
  [
    "a preset without a service",
    { events: { finding: { preset: "guardduty" } } },
    'events.finding has preset "guardduty" and no service.',
  ],
  [
    "events of an AWS service without a service",
    { events: { upload: { source: ["custom.app", "aws.s3"] } } },
    'events.upload has source "aws.s3" and no service. Such events do not name a service in detail.service',
  ],
  [
    "a source that is no list",
    { events: { upload: { source: "aws.s3" as never, service: "auth" } } },
    'events.upload.source is "aws.s3"; it takes a list of strings.',
  ],
  ["an event name with a dot", { events: { "a.b": { source: ["custom.app"] } } }, 'events names "a.b"'],
])("refuses %s", (_what, props, message) => {
  expect(() => launcher(props)).toThrow(message);
});

test("refuses a source that is no list in a method", () => {
  const event = { source: "aws.s3" as never, service: "auth" };
  expect(() => launcher({}, ["upload", event])).toThrow(
    'events.upload.source is "aws.s3"; it takes a list of sources, for instance ["custom.app"].',
  );
});

describe("with policySelection", () => {
  const policySelection = { bucketName: "policies", bucketArn: "arn:aws:s3:::policies" };

  const environmentOf = (props: Partial<LauncherProps>) => {
    const { environment } = only(launcher(props), "aws_lambda_function") as {
      environment: { variables: Record<string, string> };
    };
    return environment.variables;
  };

  test("the function is run-policy, with its only launch route in the variables that it reads", () => {
    const security = { securityGroupIds: ["sg-1", "sg-2"], onFailure: { action: "retry" } as const };
    const variables = environmentOf({ policySelection, routes: { worker: { ...route, ...security } } });
    expect(variables).toMatchObject({
      POLICY_BUCKET: "policies",
      POLICY_MAPPING_KEY: "config/policy-mappings.json",
      ENABLE_ENRICHMENT: "true",
      ECS_CLUSTER: route.clusterArn,
      ECS_TASK_DEFINITION: route.family,
      ECS_SUBNETS: "subnet-0a1b2c3d4e5f60718",
      ECS_SECURITY_GROUP: "sg-1,sg-2",
      SERVICE: "worker",
      WORKER_ROLES: route.taskRoleArn,
      DEDUPLICATION_WINDOW_HOURS: "24",
    });
    expect(JSON.parse(variables.ECS_LAUNCH_SETTINGS!)).toEqual({
      container: "engines-auth",
      onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 60 },
    });
    for (const absent of ["ROUTES", "DEFAULT_POLICY_KEY", "USE_DEFAULT_POLICY"])
      expect(variables).not.toHaveProperty(absent);
  });

  test("the default policy acts only when it is asked to", () => {
    const defaultPolicyKey = "policies/report.yml";
    expect(environmentOf({ policySelection: { ...policySelection, defaultPolicyKey } })).toMatchObject({
      DEFAULT_POLICY_KEY: defaultPolicyKey,
    });
    expect(
      environmentOf({ policySelection: { ...policySelection, defaultPolicyKey, useDefaultPolicy: true } }),
    ).toMatchObject({ USE_DEFAULT_POLICY: "true" });
  });

  test("a rule sends the event as it is", () => {
    const finding: LauncherEvent = { preset: "guardduty", service: "auth" };
    const targets = Object.values(
      launcher({ policySelection }, ["finding", finding]).aws_cloudwatch_event_target!,
    );
    expect(targets).toHaveLength(3);
    for (const target of targets) expect(target.input_transformer).toBeUndefined();
  });

  test.each<[Partial<LauncherProps>, string]>([
    [
      { routes: { auth: route, pdf: route } },
      'policySelection is given and routes has 2 services: "auth", "pdf"; the function run-policy launches the tasks of one, so give exactly one.',
    ],
    [
      { waitTimeoutSeconds: 25 },
      "waitTimeoutSeconds is 25 and policySelection is given; the function run-policy does not wait",
    ],
    [
      { policySelection: { ...policySelection, policiesPrefix: "policies" } },
      'policySelection.policiesPrefix is "policies"; it takes a folder with / at its end',
    ],
    [
      { policySelection: { ...policySelection, mappingKey: "*" } },
      'policySelection.mappingKey is "*"; it takes the key of an object',
    ],
    [
      { policySelection: { ...policySelection, useDefaultPolicy: true } },
      "policySelection.useDefaultPolicy is true and defaultPolicyKey is absent; give the key of the policy.",
    ],
  ])("refuses %j", (props, message) => {
    expect(() => launcher({ policySelection, ...props })).toThrow(message);
  });
});
