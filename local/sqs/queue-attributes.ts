import { AwsError } from "../aws-error";

export type QueueAttributes = Record<string, string>;

/** 1 MiB, for one message and for a batch */
export const MAX_MESSAGE_BYTES = 1_048_576;

export const DEFAULTS: QueueAttributes = {
  DelaySeconds: "0",
  MaximumMessageSize: String(MAX_MESSAGE_BYTES),
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};

const FIFO_DEFAULTS: QueueAttributes = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const RANGES: Record<string, [min: number, max: number]> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, MAX_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const KNOWN = new Set([
  ...Object.keys(RANGES),
  ...Object.keys(FIFO_DEFAULTS),
  "FifoQueue",
  "KmsMasterKeyId",
  "Policy",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
]);

/** Applies changes to attributes. An empty value removes an attribute. Throws the error of AWS. */
export function withChanges(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const result = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    if (!KNOWN.has(name)) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    if (value === "") delete result[name];
    else result[name] = checked(name, value);
  }
  // A customer managed key replaces the key of SQS, and the other way round.
  if (changes.KmsMasterKeyId) result.SqsManagedSseEnabled = "false";
  else if (changes.SqsManagedSseEnabled === "true") delete result.KmsMasterKeyId;
  if (result.KmsMasterKeyId) result.KmsDataKeyReusePeriodSeconds ??= "300";
  else delete result.KmsDataKeyReusePeriodSeconds;
  if (result.FifoQueue === "true") return { ...FIFO_DEFAULTS, ...result };
  return result;
}

function checked(name: string, value: string): string {
  const range = RANGES[name];
  const number = Number(value);
  if (range && !(Number.isInteger(number) && number >= range[0] && number <= range[1])) {
    throw new AwsError(
      "InvalidAttributeValue",
      `Invalid value for the parameter ${name}: ${value}; allowed: ${range[0]} to ${range[1]}.`,
    );
  }
  if (name === "RedrivePolicy") parseRedrivePolicy(value);
  if (name === "Policy" || name === "RedriveAllowPolicy") parseJson(name, value);
  return value;
}

export function parseRedrivePolicy(text: string): { deadLetterTargetArn: string; maxReceiveCount: number } {
  const policy = parseJson("RedrivePolicy", text) as {
    deadLetterTargetArn?: string;
    maxReceiveCount?: unknown;
  };
  const maxReceiveCount = Number(policy.maxReceiveCount);
  if (!policy.deadLetterTargetArn || !(maxReceiveCount >= 1 && maxReceiveCount <= 1000)) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: it must name deadLetterTargetArn and a maxReceiveCount from 1 to 1000.`,
    );
  }
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
  }
}
