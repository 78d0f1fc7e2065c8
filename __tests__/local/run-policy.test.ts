import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";
import { createPolicyRunner, readPolicy } from "../../testing/policy-run";

let aws: LocalAws;
let run: Awaited<ReturnType<typeof createPolicyRunner>>;
let s3: S3Client;
beforeAll(async () => {
  aws = await startTestAws();
  run = await createPolicyRunner(aws);
  s3 = new S3Client({
    endpoint: aws.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}, 300_000);
afterAll(() => aws?.stop());

const isProtected = async (Bucket: string) => {
  const [block, encryption] = await Promise.allSettled([
    s3.send(new GetPublicAccessBlockCommand({ Bucket })),
    s3.send(new GetBucketEncryptionCommand({ Bucket })),
  ]);
  return {
    block: block.status === "fulfilled" && block.value.PublicAccessBlockConfiguration,
    algorithm:
      encryption.status === "fulfilled" &&
      encryption.value.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
        ?.SSEAlgorithm,
  };
};

test("changes the bucket of the finding, and no other", async () => {
  for (const Bucket of ["bucket-one", "bucket-two"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const before = await isProtected("bucket-one");
  const outcome = await run({
    policy: readPolicy("s3-createbucket.yml"),
    resource: { type: "AWS::S3::Bucket", id: "bucket-two" },
  });
  expect(outcome.exitCode).toBe(0);
  expect(await isProtected("bucket-one")).toEqual(before);
}, 60_000);
