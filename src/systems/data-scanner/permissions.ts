import { type PolicyStatement, policy } from "../../core/policy";

/** JSON text of the policy of the function `scan`. */
export const invoke = (functionArn: string): string =>
  policy({ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn });

/** JSON text of the policy of the function `list-objects`, beside that which starts workers. */
export const listObjects = (on: {
  readonly bucketArns: readonly string[];
  readonly queueArn: string;
  readonly functionArn: string;
}): string =>
  policy(
    { Effect: "Allow", Action: "s3:ListBucket", Resource: on.bucketArns },
    { Effect: "Allow", Action: ["sqs:GetQueueAttributes", "sqs:SendMessage"], Resource: on.queueArn },
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: on.functionArn },
  );

/** JSON text of the policy of the workers. */
export const scanObjects = (on: {
  readonly bucketArns: readonly string[];
  readonly queueArn: string;
  readonly hashKeyArn: string;
  /** ARNs of the keys of objects and messages. */
  readonly keyArns: readonly string[];
}): string => {
  const decrypt: PolicyStatement[] =
    on.keyArns.length === 0 ? [] : [{ Effect: "Allow", Action: "kms:Decrypt", Resource: on.keyArns }];
  return policy(
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: on.bucketArns.map((arn) => `${arn}/*`),
    },
    // Of a missing object S3 says so only to those who may list its bucket.
    { Effect: "Allow", Action: "s3:ListBucket", Resource: on.bucketArns },
    { Effect: "Allow", Action: "kms:GenerateMac", Resource: on.hashKeyArn },
    {
      Effect: "Allow",
      Action: ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
      Resource: on.queueArn,
    },
    ...decrypt,
  );
};
