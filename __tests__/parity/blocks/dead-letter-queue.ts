import { DeadLetterQueue, type DeadLetterQueueProps } from "../../../src/dead-letter-queue";
import { block } from "./block";
import { everyName } from "./names";

const everything: DeadLetterQueueProps = {
  name: "all-dead-letter",
  senders: {
    topic: { service: "sns.amazonaws.com", sourceArn: "arn:aws:sns:us-east-1:123456789012:orders" },
    rule: {
      service: "events.amazonaws.com",
      sourceArn: "arn:aws:events:us-east-1:123456789012:rule/start",
    },
  },
  messageRetentionSeconds: 86400,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  tags: { team: "platform" },
};

export const deadLetterQueue = block({
  module: "dead-letter-queue",
  construct: DeadLetterQueue,
  settings: {
    defaults: { name: "plain-dead-letter" },
    everything,
    named: { ...everything, name: "named-dead-letter", names: everyName(DeadLetterQueue, everything) },
    odd: { name: "D_-1", messageRetentionSeconds: 60, senders: {}, alarmActions: [], tags: {} },
  },
});
