import { Queue, type QueueProps } from "../../src/queue";
import { only, synthesize } from "./synth";

const queue = (props: Partial<QueueProps> = {}) =>
  synthesize((stack) => new Queue(stack, "jobs", { name: "jobs", ...props }));

test("SQS moves a message to the DLQ after five receives, and the DLQ allows this queue only", () => {
  const resources = queue();
  expect(only(resources, "aws_sqs_queue", { name: "jobs" }).redrive_policy).toContain('"maxReceiveCount":5');
  expect(only(resources, "aws_sqs_queue_redrive_allow_policy").redrive_allow_policy).toContain(
    '"redrivePermission":"byQueue"',
  );
});

test("the given key encrypts both queues instead of the key that SQS manages", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  for (const made of Object.values(queue({ kmsKeyArn }).aws_sqs_queue!)) {
    expect(made).toMatchObject({ kms_master_key_id: kmsKeyArn });
    expect(made).not.toHaveProperty("sqs_managed_sse_enabled");
  }
});

const rule = (name: string) => ({
  service: "events.amazonaws.com",
  sourceArn: `arn:aws:events:eu-west-1:123456789012:rule/${name}`,
});

test("the policy allows each sender on behalf of its resource, also one that admit adds", () => {
  const resources = synthesize((stack) => {
    const made = new Queue(stack, "jobs", { name: "jobs", senders: { b: rule("b") } });
    made.admit("a", rule("a"));
  });
  expect(resources).toEqual(queue({ senders: { a: rule("a"), b: rule("b") } }));
  const { policy } = only(resources, "aws_sqs_queue_policy", {
    queue_url: `\${aws_sqs_queue.${Object.keys(resources.aws_sqs_queue!).find((id) => id.startsWith("jobs_queue"))}.id}`,
  }) as { policy: string };
  expect(policy).toContain(`"Condition":{"ArnEquals":{"aws:SourceArn":"${rule("a").sourceArn}"}}`);
  const twice = () =>
    synthesize((stack) =>
      new Queue(stack, "jobs", { name: "jobs", senders: { a: rule("a") } }).admit("a", rule("a")),
    );
  expect(twice).toThrow('senders has "a" already; give one of them another key. (at test/jobs)');
});

test("admit refuses a sender for which the policy has no statement left", () => {
  const twenty = () =>
    synthesize((stack) => {
      const made = new Queue(stack, "jobs", { name: "jobs" });
      for (let index = 0; index < 20; index++) made.admit(`${index}`, rule(`${index}`));
    });
  expect(twenty).toThrow("senders has 20 senders; the policy of a queue has at most 20 statements");
});

test("SQS moves messages to the given DLQ, which allows this queue only", () => {
  const existingDeadLetterQueue = { arn: "arn:aws:sqs:eu-west-1:123456789012:dead", url: "https://dead" };
  const resources = queue({ createDeadLetterQueue: false, existingDeadLetterQueue });
  expect(only(resources, "aws_sqs_queue").redrive_policy).toContain(
    `"deadLetterTargetArn":"${existingDeadLetterQueue.arn}"`,
  );
  expect(only(resources, "aws_sqs_queue_redrive_allow_policy").queue_url).toBe(existingDeadLetterQueue.url);
});

test.each<[Partial<QueueProps>, string]>([
  [{ name: "jobs.fifo" }, 'name is "jobs.fifo"; a queue name here has 1 to 68 letters'],
  [
    { visibilityTimeoutSeconds: 43201 },
    "visibilityTimeoutSeconds is 43201; SQS takes whole numbers from 0 to 43200.",
  ],
  [
    { messageRetentionSeconds: 59 },
    "messageRetentionSeconds is 59; SQS takes whole numbers from 60 to 1209600.",
  ],
  [{ maxReceiveCount: 0 }, "maxReceiveCount is 0; SQS takes whole numbers from 1 to 1000."],
  [
    { createDeadLetterQueue: false },
    "createDeadLetterQueue is false and existingDeadLetterQueue is absent; give existingDeadLetterQueue exactly when createDeadLetterQueue is false.",
  ],
  [{ maxAgeSeconds: 0 }, "maxAgeSeconds is 0; it must be more than 0."],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => queue(props)).toThrow(message);
  expect(() => queue(props)).toThrow("(at test/jobs)");
});
