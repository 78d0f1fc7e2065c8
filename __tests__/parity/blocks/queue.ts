import { Queue, type QueueProps } from "../../../src/queue";
import { block } from "./block";
import { everyName } from "./names";

const everything: QueueProps = {
  name: "all-jobs",
  visibilityTimeoutSeconds: 900,
  messageRetentionSeconds: 1209600,
  maxReceiveCount: 3,
  maxAgeSeconds: 600,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  tags: { team: "platform", "cost-center": "7" },
};

export const queue = block({
  module: "queue",
  construct: Queue,
  settings: {
    defaults: { name: "plain-jobs" },
    everything,
    named: { ...everything, name: "named-jobs", names: everyName(Queue, everything) },
    odd: {
      name: "J_-9",
      visibilityTimeoutSeconds: 0,
      maxReceiveCount: 1000,
      messageRetentionSeconds: 60,
      tags: { "a<b>&c": 'd"e\\f' },
    },
    shared: {
      name: "into-one",
      createDeadLetterQueue: false,
      existingDeadLetterQueue: {
        arn: "arn:aws:sqs:us-east-1:123456789012:dead",
        url: "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
      },
      senders: {
        z: { service: "events.amazonaws.com", sourceArn: "arn:aws:events:us-east-1:123456789012:rule/z" },
        "a.b": { service: "events.amazonaws.com", sourceArn: "arn:aws:events:us-east-1:123456789012:rule/a" },
      },
    },
  },
});
