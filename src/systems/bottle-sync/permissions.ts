import { type PolicyStatement, policy } from "../../core/policy";

/** The mirror: its bucket, and what a run keeps for itself in it. */
const ownObjects = ["sync/*", "bottles_hash.json"];
/** What clients read beside that. */
const mirroredObjects = ["v2/*", "api/*"];

const objectsOf = (bucketArn: string, keys: readonly string[]): string[] =>
  keys.map((key) => `${bucketArn}/${key}`);

const decrypt = (kmsKeyArn: string | undefined): PolicyStatement[] =>
  kmsKeyArn === undefined ? [] : [{ Effect: "Allow", Action: "kms:Decrypt", Resource: kmsKeyArn }];

/** JSON text of the policy with which the URL of the webhook is read. */
export const readSecret = ({
  arn,
  kmsKeyArn,
}: {
  readonly arn: string;
  readonly kmsKeyArn?: string;
}): string =>
  policy({ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn }, ...decrypt(kmsKeyArn));

/** JSON text of the policy of the function `plan-sync`. */
export const planSync = (on: {
  readonly bucketArn: string;
  readonly functionArns: readonly string[];
  /** ARN of the hash file in another bucket, and of the key that encrypts it. */
  readonly hashFile: { readonly arn: string; readonly kmsKeyArn: string | undefined } | undefined;
}): string =>
  policy(
    // Of a missing object S3 says so only to those who may list its bucket.
    { Effect: "Allow", Action: "s3:ListBucket", Resource: on.bucketArn },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: objectsOf(on.bucketArn, ownObjects),
    },
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: on.functionArns },
    ...(on.hashFile
      ? [
          { Effect: "Allow", Action: "s3:GetObject", Resource: on.hashFile.arn } as const,
          ...decrypt(on.hashFile.kmsKeyArn),
        ]
      : []),
  );

/** JSON text of the policy of whoever downloads. */
export const syncBottles = (bucketArn: string): string =>
  policy(
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource: bucketArn },
    {
      Effect: "Allow",
      Action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ],
      Resource: objectsOf(bucketArn, [...mirroredObjects, ...ownObjects]),
    },
  );

/** JSON text of the policy with which a function hands its work to a task. */
export const launch = (functionArn: string): string =>
  policy({ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn });
