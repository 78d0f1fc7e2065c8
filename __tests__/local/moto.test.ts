import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { LocalAws } from "../../local";
import { clientConfig } from "../../scripts/mutation/client-config";
import { startTestAws } from "../../testing/local-aws";
import { projectRoot } from "../../testing/terraform";

let aws: LocalAws;
const log: string[] = [];
beforeAll(async () => {
  aws = await startTestAws({ log: (line) => log.push(line) });
}, 180_000);
afterAll(() => aws?.stop());

async function logs(action: string, input: object): Promise<number> {
  const response = await fetch(aws.endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/logs/aws4_request, x",
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${action}`,
    },
    body: JSON.stringify(input),
  });
  await response.text();
  return response.status;
}

// Terraform makes forty resources at once, and moto iterates over collections that its other threads change.
test("answers calls that read and write one collection at the same time", async () => {
  const names = Array.from({ length: 400 }, (_, index) => `group-${index}`);
  const statuses = await Promise.all(
    names.flatMap((logGroupName) => [
      logs("CreateLogGroup", { logGroupName }),
      logs("DescribeLogGroups", { logGroupNamePrefix: "group" }),
    ]),
  );
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}, 120_000);

// moto has events of its own for a few calls, which it would hand to functions in containers of its own.
test("leaves events to local AWS", async () => {
  const config = clientConfig(aws.environment);
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
  const { Role } = await new IAMClient(config).send(
    new CreateRoleCommand({ RoleName: "function", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const { FunctionArn } = await new LambdaClient(config).send(
    new CreateFunctionCommand({
      FunctionName: "buckets",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: Role!.Arn,
      Code: { ZipFile: readFileSync(join(projectRoot, "modules/launcher/start-task.zip")) },
    }),
  );
  const events = new EventBridgeClient(config);
  const EventPattern = JSON.stringify({ source: ["aws.s3"], detail: { eventName: ["CreateBucket"] } });
  await events.send(new PutRuleCommand({ Name: "buckets", EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: "buckets", Targets: [{ Id: "f", Arn: FunctionArn }] }));
  await new S3Client({ ...config, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "new" }));
  expect(log).toEqual([]);
}, 60_000);
