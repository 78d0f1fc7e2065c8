import assert from "node:assert/strict";
import { DescribeResourcePoliciesCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTasksCommand,
  type DescribeTasksCommandOutput,
  DesiredStatus,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { PutEventsCommand, type PutEventsCommandOutput } from "@aws-sdk/client-eventbridge";
import { CreateScheduleCommand } from "@aws-sdk/client-scheduler";
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Account, Message } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts, answers, receives } from "../wrong-answers";

/** Puts an event that the rule of the checks matches, and returns what tells its messages from others. */
const putEvent = async (account: Account, more: object = {}) => {
  const id = account.unique();
  const Detail = JSON.stringify({ id, ...more });
  const entry = { Source: account.resources.source, DetailType: "Conformance", Detail };
  const { Entries } = await account.clients.events.send(new PutEventsCommand({ Entries: [entry] }));
  assert.equal(Entries?.[0]?.ErrorCode, undefined);
  return ({ body }: Message) => body.includes(id);
};

const arrived = async (
  account: Account,
  queue: "events" | "transformed" | "dead-letters",
  of: (message: Message) => boolean,
) => {
  const [message] = await account.messages(account.resources.queues[queue], of);
  assert.ok(message, `Nothing came to the queue ${queue} within two minutes.`);
  return message;
};

const putOne = ({ clients }: Account, entry: object) => {
  const Entries = [{ Source: "conformance", DetailType: "Conformance", Detail: "{}", ...entry }];
  return clients.events.send(new PutEventsCommand({ Entries }));
};

export const events: readonly Belief[] = [
  {
    id: "events-size",
    sentence: "All entries of a `PutEvents` request together are smaller than 1,048,576 bytes.",
    source: "EventBridge API Reference, `API_PutEvents.html`; `eb-putevent-size.html` for what counts",
    certainty: "documented; the error `ValidationException` assumed",
    code: {
      "handlers/shared/event-reference.ts": "maxMessageBytes",
      "local/events/put-events.ts": "MAX_BYTES = 1024 * 1024",
    },
    tests: "`event-bus.test.ts`: PutEvents",
    seconds: 5,
    check: async (account) => {
      const ofSize = (bytes: number) => {
        const overhead = "conformance".length + "Conformance".length + '{"a":""}'.length;
        return { Detail: JSON.stringify({ a: "x".repeat(bytes - overhead) }) };
      };
      assert.equal((await putOne(account, ofSize(1_048_575))).FailedEntryCount, 0);
      await refused(putOne(account, ofSize(1_048_576)), "ValidationException");
    },
    wrong: { PutEvents: accepts({ FailedEntryCount: 0 }) },
  },
  {
    id: "events-source-of-aws",
    sentence:
      "`PutEvents` takes no event whose source starts with `aws.`: the entry fails with `NotAuthorizedForSourceException`.",
    source: "EventBridge API Reference, `API_PutEventsResultEntry.html`",
    certainty: "documented",
    code: {
      "handlers/launch/task-outcome.ts": "events of any source from outside",
      "local/events/put-events.ts": "NotAuthorizedForSourceException",
    },
    tests: "`event-bus.test.ts`: refused by itself",
    seconds: 1,
    check: async (account) => {
      const { Entries } = await putOne(account, { Source: "aws.ecs" });
      assert.equal(Entries?.[0]?.ErrorCode, "NotAuthorizedForSourceException");
    },
    wrong: { PutEvents: answers<PutEventsCommandOutput>(() => ({ Entries: [{ EventId: "1" }] })) },
  },
  {
    id: "events-transformer-whole-event",
    sentence: "`<aws.events.event.json>` in an input template is the whole event as a JSON value.",
    source: "EventBridge User Guide, `eb-transform-target-input.html`",
    certainty: "documented",
    code: {
      "modules/event-rule/main.tf": "<aws.events.event.json>",
      "src/event-rule/index.ts": "<aws.events.event.json>",
    },
    tests: "`event-delivery.test.ts`",
    seconds: 5,
    check: async (account) => {
      const of = await putEvent(account, { text: 'a "quote", a \\ and a\nline' });
      const event = JSON.parse((await arrived(account, "events", of)).body) as object;
      const transformed = JSON.parse((await arrived(account, "transformed", of)).body) as object;
      assert.deepEqual(transformed, { whole: event });
    },
    wrong: { ReceiveMessage: receives((body) => body.replace(/"whole": ?{/, '"whole":{"more":1,')) },
  },
  {
    id: "events-dead-letter",
    sentence:
      "An event whose target refuses EventBridge goes to the DLQ of the target without a retry. The body of the message is the event, its attributes are `RULE_ARN`, `TARGET_ARN`, `ERROR_CODE` (`NO_PERMISSIONS`) and `ERROR_MESSAGE`.",
    source: "EventBridge User Guide, `eb-rule-dlq.html`",
    certainty: "documented",
    code: {
      "handlers/shared/envelope.ts": "A delivery of an event without an envelope",
      "modules/event-rule/main.tf": "dead_letter_config",
      "local/events/delivery.ts": "NO_PERMISSIONS",
    },
    tests: "`event-faults.test.ts`; `__tests__/app/redrive.test.ts`",
    seconds: 10,
    check: async (account) => {
      const { queueArns } = account.resources;
      const of = await putEvent(account);
      const { attributes, body } = await arrived(account, "dead-letters", of);
      assert.equal((JSON.parse(body) as { source: string }).source, account.resources.source);
      assert.equal(attributes.TARGET_ARN, queueArns.forbidden);
      assert.equal(attributes.ERROR_CODE, "NO_PERMISSIONS");
      assert.match(attributes.RULE_ARN ?? "", /:rule\//);
      assert.ok(attributes.ERROR_MESSAGE);
    },
    wrong: {
      ReceiveMessage: answers(({ Messages = [] }: { Messages?: object[] }) => ({
        Messages: Messages.map((message) => ({ ...message, MessageAttributes: {} })),
      })),
    },
  },
  {
    id: "events-too-large-for-queue",
    sentence:
      "An event that is too large for the queue that is its target goes to the DLQ of the target at once.",
    source: "No source",
    certainty: "assumed",
    code: {
      "modules/event-rule/main.tf": "dead_letter_config",
      "local/events/delivery.ts": "deliverWithRetries",
    },
    tests: "`event-sizes.test.ts`: at once",
    seconds: 75,
    check: async (account) => {
      const { queueArns, queues } = account.resources;
      const Attributes = { MaximumMessageSize: "1048576" };
      const larger = { QueueUrl: queues["dead-letters"], Attributes };
      await account.clients.sqs.send(new SetQueueAttributesCommand(larger));
      // SQS needs up to a minute for a change of attributes.
      await account.sleep(60);
      const of = await putEvent(account, { pad: "x".repeat(300_000) });
      const { attributes } = await arrived(
        account,
        "dead-letters",
        (message) => of(message) && message.attributes.TARGET_ARN === queueArns.events,
      );
      assert.equal(attributes.EXHAUSTED_RETRY_CONDITION, undefined, "EventBridge has retried.");
    },
    wrong: {
      ReceiveMessage: answers(({ Messages = [] }: { Messages?: { MessageAttributes?: object }[] }) => ({
        Messages: Messages.map((message) => ({
          ...message,
          MessageAttributes: {
            ...message.MessageAttributes,
            EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
          },
        })),
      })),
    },
  },
  {
    id: "events-lost-without-queue",
    sentence:
      "An event that is too large for the DLQ as well is lost, and counted in `InvocationsFailedToBeSentToDlq` of the rule.",
    source: "EventBridge User Guide, `eb-monitoring.html`, which names size limits as a cause",
    certainty: "documented",
    code: { "modules/event-rule/main.tf": "InvocationsFailedToBeSentToDlq" },
    tests: "`event-sizes.test.ts`: loses, counts and logs",
    notProvoked: "metrics come minutes later, and local AWS has no metrics of rules in CloudWatch",
  },
  {
    id: "events-log-policy",
    sentence:
      "EventBridge writes to a log group only with a log resource policy. An account has 10 of them in a region, of at most 5,120 characters.",
    source: "EventBridge User Guide, `eb-use-resource-based.html`; CloudWatch Logs User Guide, quotas",
    certainty: "documented; from memory for the quotas",
    code: { "modules/launcher/run-history.tf": "aws_cloudwatch_log_resource_policy" },
    tests: "`event-logs.test.ts`: is denied by",
    seconds: 60,
    check: async (account) => {
      const { resourcePolicies = [] } = await account.clients.logs.send(
        new DescribeResourcePoliciesCommand(),
      );
      if (resourcePolicies.some(({ policyDocument }) => policyDocument?.includes("events.amazonaws.com")))
        throw new Error("A policy of this account allows EventBridge to write to log groups already.");
      const of = await putEvent(account);
      await arrived(account, "events", of);
      await account.sleep(30);
      const input = { logGroupName: account.resources.logGroup };
      const { events: written = [] } = await account.clients.logs.send(new FilterLogEventsCommand(input));
      assert.deepEqual(written, [], "An event was written although no policy allows it.");
    },
    wrong: { FilterLogEvents: answers(() => ({ events: [{ message: "{}" }] })) },
  },
  {
    id: "scheduler-ecs-input",
    sentence:
      "EventBridge Scheduler takes `Input` of an ECS target as the overrides of RunTask, and a task definition without a revision.",
    source: "Public code: aws/aws-cdk issue 34129",
    certainty: "reported",
    code: { "modules/schedule/main.tf": "local.overrides", "src/schedule/index.ts": "overrides" },
    tests: "`scheduler.test.ts`",
    seconds: 150,
    check: async (account) => {
      const { cluster, families, roles, scheduleGroup, securityGroup, subnet } = account.resources;
      const Group = `route-${account.unique()}`;
      const at = new Date(account.now().getTime() + 70_000).toISOString().slice(0, 19);
      const network = {
        Subnets: [subnet],
        SecurityGroups: [securityGroup],
        AssignPublicIp: "ENABLED" as const,
      };
      const overrides = {
        containerOverrides: [{ name: "main", environment: [{ name: "BY", value: Group }] }],
      };
      await account.clients.scheduler.send(
        new CreateScheduleCommand({
          Name: Group,
          GroupName: scheduleGroup,
          ScheduleExpression: `at(${at})`,
          FlexibleTimeWindow: { Mode: "OFF" },
          ActionAfterCompletion: "DELETE",
          Target: {
            Arn: cluster,
            RoleArn: roles.scheduler,
            Input: JSON.stringify(overrides),
            EcsParameters: {
              TaskDefinitionArn: account.resources.jobWithoutRevision,
              LaunchType: "FARGATE",
              Group,
              NetworkConfiguration: { awsvpcConfiguration: network },
            },
          },
        }),
      );
      const list = { cluster, family: families.job, desiredStatus: DesiredStatus.RUNNING };
      const find = async () => {
        const { taskArns: tasks = [] } = await account.clients.ecs.send(new ListTasksCommand(list));
        if (tasks.length === 0) return undefined;
        const described = await account.clients.ecs.send(new DescribeTasksCommand({ cluster, tasks }));
        return described.tasks?.find(({ group }) => group === Group);
      };
      const task = await account.until(180, find, 5);
      assert.ok(task?.taskArn, "The schedule has started no task.");
      await account.stop(task.taskArn);
      const [container] = task.overrides?.containerOverrides ?? [];
      assert.deepEqual(container?.environment, [{ name: "BY", value: Group }]);
    },
    wrong: {
      DescribeTasks: answers<DescribeTasksCommandOutput>((output) => ({
        ...output,
        tasks: output.tasks?.map((task) => ({ ...task, overrides: {} })),
      })),
    },
  },
];
