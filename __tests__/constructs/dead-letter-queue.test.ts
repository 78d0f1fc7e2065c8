import { DeadLetterQueue, type DeadLetterQueueProps } from "../../src/dead-letter-queue";
import { only, synthesize } from "./synth";

const deadLetterQueue = (props: Partial<DeadLetterQueueProps> = {}) =>
  synthesize((stack) => new DeadLetterQueue(stack, "lost", { name: "lost", ...props }));

test("the policy allows each named sender to send on behalf of its resource", () => {
  const sender = {
    service: "events.amazonaws.com",
    sourceArn: "arn:aws:events:eu-west-1:123456789012:rule/start",
  };
  const resources = deadLetterQueue({ senders: { rule: sender } });
  expect(only(resources, "aws_sqs_queue_policy").policy).toContain(`"aws:SourceArn":"${sender.sourceArn}"`);
});

test.each<[Partial<DeadLetterQueueProps>, string]>([
  [
    {
      senders: Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [i, { service: "events.amazonaws.com", sourceArn: "arn" }]),
      ),
    },
    "senders has 20 senders; the policy of a queue has at most 20 statements, and one requires TLS.",
  ],
  [{ tags: { "aws:a": "b" } }, 'tags has "aws:a" = "b"; AWS takes keys of 1 to 128 characters'],
  [{ kmsKeyArn: "alias/engines" }, 'kmsKeyArn is "alias/engines"; it takes the ARN of a KMS key'],
  [{ alarmActions: ["ops@example.com"] }, 'alarmActions is "ops@example.com"; it takes ARNs'],
  [{ name: "a b" }, 'name is "a b"; an SQS queue name has 1 to 80'],
  [
    { messageRetentionSeconds: 59 },
    "messageRetentionSeconds is 59; SQS takes whole numbers from 60 to 1209600.",
  ],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => deadLetterQueue(props)).toThrow(message);
  expect(() => deadLetterQueue(props)).toThrow("(at test/lost)");
});
