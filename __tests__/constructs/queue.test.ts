import { Queue, type QueueProps } from "../../src/queue";
import { only, synthesize } from "./synth";

const queue = (props: Partial<QueueProps> = {}) =>
  synthesize((stack) => new Queue(stack, "jobs", { name: "jobs", ...props }));

test("a message dies after five receives, into a queue that takes dead letters from this one alone", () => {
  const resources = queue();
  expect(only(resources, "aws_sqs_queue", { name: "jobs" }).redrive_policy).toContain('"maxReceiveCount":5');
  expect(only(resources, "aws_sqs_queue_redrive_allow_policy").redrive_allow_policy).toContain(
    '"redrivePermission":"byQueue"',
  );
});

test("a given key encrypts both queues in place of the key that SQS manages", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  for (const made of Object.values(queue({ kmsKeyArn }).aws_sqs_queue!)) {
    expect(made).toMatchObject({ kms_master_key_id: kmsKeyArn });
    expect(made).not.toHaveProperty("sqs_managed_sse_enabled");
  }
});

test.each<[Partial<QueueProps>, string]>([
  [{ name: "jobs.fifo" }, 'name is "jobs.fifo"; a queue name here has 1 to 68 letters'],
  [{ visibilityTimeoutSeconds: 43201 }, "visibilityTimeoutSeconds is 43201; SQS takes 0 to 43200."],
  [{ messageRetentionSeconds: 59 }, "messageRetentionSeconds is 59; SQS takes 60 to 1209600."],
  [{ maxReceiveCount: 0 }, "maxReceiveCount is 0; SQS takes 1 to 1000."],
  [{ maxAgeSeconds: 0 }, "maxAgeSeconds is 0; it must be more than 0."],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => queue(props)).toThrow(message);
  expect(() => queue(props)).toThrow("(at test/jobs)");
});
