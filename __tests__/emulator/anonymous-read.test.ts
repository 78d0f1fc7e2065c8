import { anonymousRead } from "../../local/anonymous-read";
import { httpRequest } from "../../local/http";
import { Accounts, identify } from "../../local/routing";

const bucketPolicy = async (): Promise<string> =>
  JSON.stringify({
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::mirror", "arn:aws:s3:::mirror/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::mirror/v2/*"],
        Condition: { StringEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } },
      },
      {
        Effect: "Allow",
        Principal: { AWS: "123456789012" },
        Action: "s3:*",
        Resource: "arn:aws:s3:::mirror/*",
      },
    ],
  });

const read = (method: string, path: string, headers: Record<string, string>, policy = bucketPolicy) =>
  anonymousRead(httpRequest(method, path, headers), policy);

const through = (endpoint: string) => ({ "x-local-aws-vpc-endpoint": endpoint });

test("reads what the bucket policy allows to anybody who comes through an endpoint", async () => {
  for (const method of ["GET", "HEAD"]) {
    const request = await read(method, "/mirror/v2/a%20b/sha256%3A0", through("vpce-2"));
    expect(identify(request!, new Accounts())).toMatchObject({ service: "s3", account: "123456789012" });
  }
});

test.each([
  ["without an endpoint", "GET", "/mirror/v2/a", {}],
  ["through another endpoint", "GET", "/mirror/v2/a", through("vpce-3")],
  ["of another key", "GET", "/mirror/sync/lease.json", through("vpce-1")],
  ["of the list", "GET", "/mirror", through("vpce-1")],
  ["of a version", "GET", "/mirror/v2/a?versionId=1", through("vpce-1")],
  ["that writes", "PUT", "/mirror/v2/a", through("vpce-1")],
  [
    "that is signed",
    "GET",
    "/mirror/v2/a",
    {
      ...through("vpce-1"),
      authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host",
    },
  ],
])("is no request %s", async (_what, method, path, headers) => {
  expect(await read(method, path, headers)).toBeUndefined();
});

test("is refused with a path that cannot be decoded", async () => {
  await expect(read("GET", "/mirror/%zz", through("vpce-1"))).rejects.toMatchObject({ status: 400 });
});

test("is none of a bucket without a policy", async () => {
  expect(
    await read("GET", "/mirror/v2/a", through("vpce-1"), async () => undefined as never),
  ).toBeUndefined();
});
