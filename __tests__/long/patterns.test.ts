import { createHash } from "node:crypto";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import type { LocalAws } from "../../local";
import { exampleRoot, exampleStack } from "../../testing/examples";
import { startTestAws } from "../../testing/local-aws";
import { terraform } from "../../testing/terraform";

/** Applies the examples of the four ways to start a task with the real provider in both forms, and uses them. */
const examples = ["engine-starter", "start-by-api", "start-by-schedule", "start-by-workflow"] as const;
type Example = (typeof examples)[number];
type Outputs = Record<string, string>;

const forms = {
  "HCL root": async (example: string) => exampleRoot(example),
  "CDKTF stack": exampleStack,
};
type Form = keyof typeof forms;

const applied = {} as Record<Form, { localAws: LocalAws; outputs: Record<Example, Outputs> }>;

async function apply(folder: string, { environment }: LocalAws): Promise<Outputs> {
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["apply", "-auto-approve", "-input=false", "-no-color"], environment);
  const shown = JSON.parse(await terraform(folder, ["output", "-json"], environment)) as Record<
    string,
    { value: string }
  >;
  return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value]));
}

beforeAll(async () => {
  // The provider mostly waits, so all are applied in parallel.
  await Promise.all(
    (Object.keys(forms) as Form[]).map(async (form) => {
      // The example's command runs as deployed: this machine has python and sh like the image.
      const localAws = await startTestAws({ images: { "public.ecr.aws/docker/library/*": "env" } });
      applied[form] = { localAws, outputs: {} as Record<Example, Outputs> };
      const outputs = await Promise.all(
        examples.map(async (example) => [example, await apply(await forms[form](example), localAws)]),
      );
      applied[form].outputs = Object.fromEntries(outputs);
    }),
  );
}, 600_000);

afterAll(() => Promise.all(Object.values(applied).map(({ localAws }) => localAws?.stop())));

async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (tries > 300) throw new Error(`It did not come to pass; last seen: ${JSON.stringify(answer)}`);
    await sleep(300);
  }
}

for (const form of Object.keys(forms) as Form[]) {
  const outputsOf = (example: Example) => applied[form].outputs[example];
  const config = () => {
    const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } =
      applied[form].localAws.environment;
    return {
      endpoint: AWS_ENDPOINT_URL!,
      region: AWS_REGION!,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
    };
  };
  const tasks = async (cluster: string, desiredStatus: "RUNNING" | "STOPPED" = "RUNNING") => {
    const ecs = new ECSClient(config());
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
    if (taskArns.length === 0) return [];
    const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return (described.tasks ?? []).map(({ group, lastStatus }) => `${group} ${lastStatus}`).sort();
  };
  const put = (detailType: string, detail: object, source = "custom.app") =>
    new EventBridgeClient(config()).send(
      new PutEventsCommand({
        Entries: [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) }],
      }),
    );
  const call = async (method: string, path: string, headers: Record<string, string>, body = "") => {
    const sent = request(new URL(path, config().endpoint), { method, headers });
    const answer = new Promise<import("node:http").IncomingMessage>((resolve, reject) =>
      sent.once("response", resolve).once("error", reject),
    );
    sent.end(body);
    const response = await answer;
    return { status: response.statusCode, body: await text(response) };
  };
  const targets = async () => {
    const elb = new ElasticLoadBalancingV2Client(config());
    const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand());
    const health = await Promise.all(
      TargetGroups.map(({ TargetGroupArn }) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
    );
    return TargetGroups.map(({ TargetGroupName = "" }, index) => ({
      group: TargetGroupName,
      states: (health[index]?.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State),
    }));
  };

  test.concurrent(`${form}: starts each engine by an event, answers at its path, and stops all by an event`, async () => {
    const engines = ["auth", "pdf", "fa", "users", "batch"];
    for (const service of engines) await put("Start ECS Task", { service });
    const host = { host: outputsOf("engine-starter").load_balancer_dns_name! };
    for (const engine of engines) {
      // The engine has no page at its path. Any response is enough.
      const { status } = await until(
        () => call("GET", `/api/${engine}/status`, host),
        (answer) => answer.status === 404 && answer.body.includes("File not found"),
      );
      expect(status).toBe(404);
    }
    expect((await call("GET", "/api/nobody/status", host)).status).toBe(404);
    await put("Stop ECS Tasks", {});
    await until(
      () => tasks("engines", "STOPPED"),
      (found) => found.length === 5 && found.every((task) => task.endsWith("STOPPED")),
    );
    await until(targets, (groups) =>
      groups.every(({ group, states }) => !group.startsWith("engines") || states.length === 0),
    );
  }, 180_000);

  test.concurrent(`${form}: starts a task by a signed request and returns its address`, async () => {
    const path = `/restapis/${outputsOf("start-by-api").rest_api_id}/v1/_user_request_/start`;
    const body = JSON.stringify({ service: "auth" });
    const post = async (more: Record<string, string> = {}) => {
      const url = new URL(path, config().endpoint);
      const signer = new SignatureV4({ ...config(), service: "execute-api", sha256: Sha256 });
      const signed = await signer.sign(
        new HttpRequest({
          method: "POST",
          hostname: url.hostname,
          port: Number(url.port),
          path,
          headers: {
            host: url.host,
            "content-type": "application/json",
            "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
            ...more,
          },
          body,
        }),
      );
      const { status, body: answer } = await call("POST", path, signed.headers, body);
      return { status, answer: JSON.parse(answer) };
    };
    const first = await post({ "idempotency-key": "once" });
    expect(first).toEqual({
      status: 200,
      answer: expect.objectContaining({
        taskArn: expect.stringContaining(":task/start-by-api/"),
        privateIp: expect.stringMatching(/^10\.0\./),
        port: 8080,
      }),
    });
    expect((await post({ "idempotency-key": "once" })).answer.taskArn).toBe(first.answer.taskArn);
    expect((await tasks("start-by-api")).length).toBe(1);
    expect((await call("POST", path, { "content-type": "application/json" }, body)).status).toBe(403);
  }, 120_000);

  test.concurrent(`${form}: launches, waits, registers and reports in a workflow`, async () => {
    const sqs = new SQSClient(config());
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({
        QueueName: "reports",
        Attributes: {
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: "*",
              },
            ],
          }),
        },
      }),
    );
    const events = new EventBridgeClient(config());
    await events.send(
      new PutRuleCommand({
        Name: "reports",
        EventPattern: JSON.stringify({ "detail-type": ["ECS Task Started", "ECS Task Failed"] }),
      }),
    );
    const { region } = config();
    await events.send(
      new PutTargetsCommand({
        Rule: "reports",
        Targets: [{ Id: "queue", Arn: `arn:aws:sqs:${region}:123456789012:reports` }],
      }),
    );
    await put("Order Placed", { order: 7 }, "custom.shop");
    const { stateMachineArn } = { stateMachineArn: outputsOf("start-by-workflow").state_machine_arn };
    await until(
      async () =>
        (await new SFNClient(config()).send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [],
      (executions) => executions.some(({ status }) => status === "SUCCEEDED"),
    );
    const [message] = await until(
      async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [],
      (messages) => messages.length > 0,
    );
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      "detail-type": "ECS Task Started",
      detail: { request: { service: "pdf", event: { detail: { order: 7 } } }, port: 9080 },
    });
    expect((await targets()).find(({ group }) => group.startsWith("start-by-workflow"))?.states).toHaveLength(
      1,
    );
  }, 120_000);

  test.concurrent(`${form}: starts the task by a schedule and stops it by another`, async () => {
    const scheduler = new SchedulerClient(config());
    // Moves the schedule to now.
    const invokeNow = async (Name: string) => {
      const {
        Arn: _,
        CreationDate: __,
        LastModificationDate: ___,
        $metadata: ____,
        ...schedule
      } = await scheduler.send(new GetScheduleCommand({ Name }));
      // Far enough ahead for a busy machine: a time that is past at the update is not invoked.
      const at = new Date(Date.now() + 15_000).toISOString().slice(0, 19);
      await scheduler.send(
        new UpdateScheduleCommand({
          ...schedule,
          Name,
          Target: schedule.Target!,
          FlexibleTimeWindow: schedule.FlexibleTimeWindow!,
          ScheduleExpression: `at(${at})`,
          ScheduleExpressionTimezone: "UTC",
        }),
      );
    };
    const { cluster_name } = outputsOf("start-by-schedule");
    await invokeNow("start-by-schedule-morning-report");
    await until(
      () => tasks(cluster_name!),
      (found) => found.join() === "route-report RUNNING",
    );
    await invokeNow("start-by-schedule-evening-stop");
    await until(
      () => tasks(cluster_name!, "STOPPED"),
      (found) => found.join() === "route-report STOPPED",
    );
  }, 120_000);
}
