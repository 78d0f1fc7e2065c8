import { Bucket, type BucketProps } from "../../src/bucket";
import { DeadLetterQueue } from "../../src/dead-letter-queue";
import { only, synthesize } from "./synth";

const bucket = (props: Partial<BucketProps> = {}) =>
  synthesize((stack) => new Bucket(stack, "data", { bucketPrefix: "data-", ...props }));

test("objects expire only where it is asked for", () => {
  const rules = (props: Partial<BucketProps>) =>
    only(bucket(props), "aws_s3_bucket_lifecycle_configuration").rule as { expiration?: unknown }[];
  expect(rules({})[0]).not.toHaveProperty("expiration");
  expect(rules({ expirationDays: 7 })[0]!.expiration).toEqual([{ days: 7 }]);
});

test("a bucket lets the named writers put objects, each for its resource", () => {
  const writer = {
    service: "logdelivery.elasticloadbalancing.amazonaws.com",
    sourceArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/*",
  };
  const { policy } = only(bucket({ writers: { writer } }), "aws_s3_bucket_policy") as { policy: string };
  expect(policy).toContain(`"Condition":{"ArnLike":{"aws:SourceArn":"${writer.sourceArn}"}}`);
  expect(policy).toContain(`"Principal":{"Service":"${writer.service}"}`);
  expect(only(bucket(), "aws_s3_bucket_policy").policy).not.toContain("Allow");
});

test.each<[Partial<BucketProps>, string]>([
  [{ bucketPrefix: "Data-" }, 'bucketPrefix is "Data-"; it has 3 to 37 lower-case letters'],
  [{ expirationDays: 0 }, "expirationDays is 0; it must be at least 1."],
])("a bucket refuses %j", (props, message) => {
  expect(() => bucket(props)).toThrow(message);
});

test("a dead-letter queue lets the named senders in, each for its resource", () => {
  const sender = {
    service: "events.amazonaws.com",
    sourceArn: "arn:aws:events:eu-west-1:123456789012:rule/start",
  };
  const made = synthesize(
    (stack) => new DeadLetterQueue(stack, "lost", { name: "lost", senders: { rule: sender } }),
  );
  expect(only(made, "aws_sqs_queue_policy").policy).toContain(`"aws:SourceArn":"${sender.sourceArn}"`);
});

test("a dead-letter queue refuses what SQS refuses", () => {
  const make = (props: object) => () =>
    synthesize((stack) => new DeadLetterQueue(stack, "lost", { name: "lost", ...props }));
  expect(make({ name: "a b" })).toThrow('name is "a b"; an SQS queue name has 1 to 80');
  expect(make({ messageRetentionSeconds: 59 })).toThrow(
    "messageRetentionSeconds is 59; SQS takes 60 to 1209600.",
  );
});
