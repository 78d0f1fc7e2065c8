import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "../../local/create-local-aws";
import { httpRequest } from "../../local/http";
import { Accounts, identify } from "../../local/routing";

const signed = (service: string, key = "local") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host`,
});

test.each([
  [httpRequest("POST", "/", { ...signed("ecs"), "x-amz-target": "Amazon.RunTask" }), "ecs", "RunTask"],
  [
    httpRequest(
      "POST",
      "/",
      { ...signed("sts"), "content-type": "application/x-www-form-urlencoded" },
      "Action=AssumeRole",
    ),
    "sts",
    "AssumeRole",
  ],
  [httpRequest("POST", "/2015-03-31/functions/start/invocations", signed("lambda")), "lambda", "Invoke"],
  [httpRequest("PUT", "/bucket?policy", signed("s3")), "s3", "PutBucketPolicy"],
  [httpRequest("PUT", "/bucket/a%20key", signed("s3")), "s3", "PutObject"],
  [
    httpRequest("GET", "/b/k?X-Amz-Credential=local%2F20260101%2Feu-west-1%2Fs3%2Faws4_request", {}),
    "s3",
    "GetObject",
  ],
])("service, region and action of request %#", (request, service, action) => {
  expect(identify(request, new Accounts())).toMatchObject({ service, action, region: "eu-west-1" });
});

test("maps an access key to the account of its role", () => {
  const accounts = new Accounts();
  accounts.recordAssumedRole(
    "<Arn>arn:aws:sts::111111111111:assumed-role/ci/me</Arn><AccessKeyId>ASIA1</AccessKeyId>",
  );
  const account = (key: string) => identify(httpRequest("POST", "/", signed("ecs", key)), accounts).account;
  expect(account("ASIA1")).toBe("111111111111");
  expect(account("other")).toBe("123456789012");
});

test("keeps S3 objects in process, and rejects unsupported actions", async () => {
  const aws = createLocalAws();
  const s3 = new S3Client({
    ...aws.clientConfig,
    forcePathStyle: true,
    requestHandler: aws.requestHandler(),
  });
  const object = { Bucket: "payloads", Key: "payloads/a b.json" };
  await s3.send(new PutObjectCommand({ ...object, Body: '{"ä":1}' }));
  const { Body } = await s3.send(new GetObjectCommand(object));
  expect(await Body?.transformToString()).toBe('{"ä":1}');
  await expect(s3.send(new GetObjectCommand({ ...object, Key: "none" }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
});
