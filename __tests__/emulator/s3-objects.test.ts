import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "../../local/create-local-aws";
import { httpRequest } from "../../local/http";
import { Objects } from "../../local/overlays/objects";
import { Accounts, type Call, identify } from "../../local/routing";

const object = { Bucket: "payloads", Key: "launches/1.json" };

function bucket() {
  const aws = createLocalAws();
  const s3 = new S3Client({
    ...aws.clientConfig,
    requestHandler: aws.requestHandler(),
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const put = (Body: string, more: object = {}) =>
    s3.send(new PutObjectCommand({ ...object, Body, ...more }));
  const get = async () => (await s3.send(new GetObjectCommand(object))).Body?.transformToString();
  return { ...aws, s3, get, put };
}

describe("in process", () => {
  test("refuses a request that expects another owner of the bucket", async () => {
    const { put } = bucket();
    await put("mine", { ExpectedBucketOwner: "123456789012" });
    await expect(put("stolen", { ExpectedBucketOwner: "210987654321" })).rejects.toMatchObject({
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("writes a new key with If-None-Match: *, and answers 412 when the key exists", async () => {
    const { get, put } = bucket();
    await put("first", { IfNoneMatch: "*" });
    await expect(put("second", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get()).toBe("first");
    await put("third");
    expect(await get()).toBe("third");
  });

  test("replaces the object that If-Match names, and answers 412 for another and 404 for none", async () => {
    const { get, put } = bucket();
    await expect(put("first", { IfMatch: '"none"' })).rejects.toMatchObject({ name: "NoSuchKey" });
    const { ETag } = await put("first");
    await put("second", { IfMatch: ETag });
    await expect(put("third", { IfMatch: ETag })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get()).toBe("second");
  });

  test("keeps every version of an object", async () => {
    const { s3, put } = bucket();
    const { VersionId } = await put("first");
    await put("second");
    const read = async (more: object) =>
      (await s3.send(new GetObjectCommand({ ...object, ...more }))).Body?.transformToString();
    expect(await read({ VersionId })).toBe("first");
    expect(await read({})).toBe("second");
    await expect(read({ VersionId: "none" })).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  test("answers 304 when If-None-Match names the object", async () => {
    const { s3, put } = bucket();
    const { ETag } = await put("first");
    await expect(s3.send(new GetObjectCommand({ ...object, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await put("second");
    await s3.send(new GetObjectCommand({ ...object, IfNoneMatch: ETag }));
  });

  test("answers 409 ConditionalRequestConflict when a fault script says so", async () => {
    const { faults, put } = bucket();
    const conflict = { fault: "error", code: "ConditionalRequestConflict", status: 409 } as const;
    faults.set([{ service: "s3", action: "PutObject", times: 1, ...conflict }]);
    await expect(put("first", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "ConditionalRequestConflict",
      $metadata: { httpStatusCode: 409 },
    });
    await put("first", { IfNoneMatch: "*" });
  });

  test("answers 404 NoSuchKey for a missing key", async () => {
    const { get } = bucket();
    await expect(get()).rejects.toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
  });
});

describe("with moto behind it", () => {
  const call = (method: string, headers: Record<string, string> = {}): Call => {
    const authorization = "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/s3/aws4_request, x";
    const request = httpRequest(method, "/payloads/launches/1.json", { authorization, ...headers });
    return identify(request, new Accounts());
  };
  const answer = (status: number) => ({ status, headers: {}, body: Buffer.alloc(0) });

  test.each(["GET", "HEAD"])(
    "%s of a missing key asks whether the caller may list the bucket",
    async (method) => {
      const asked: string[] = [];
      const refusing = new Objects({
        forward: async () => answer(404),
        requireListPermission: async (_, bucketArn) => {
          asked.push(bucketArn);
          throw new Error("denied");
        },
      });
      await expect(refusing.handle(call(method))).rejects.toThrow("denied");
      expect(asked).toEqual(["arn:aws:s3:::payloads"]);
      const allowing = new Objects({
        forward: async () => answer(404),
        requireListPermission: async () => {},
      });
      expect((await allowing.handle(call(method))).status).toBe(404);
    },
  );

  test("does not check the permission to list when the key exists", async () => {
    const objects = new Objects({
      forward: async () => answer(200),
      requireListPermission: () => Promise.reject(new Error("asked")),
    });
    expect((await objects.handle(call("GET"))).status).toBe(200);
  });

  test.each<Record<string, string>>([{ "if-none-match": "*" }, { "if-match": '"etag"' }])(
    "runs conditional writes of one key one after the other: %j",
    async (condition) => {
      let running = 0;
      const seen: number[] = [];
      const objects = new Objects({
        forward: async () => {
          running += 1;
          seen.push(running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return answer(200);
        },
        requireListPermission: async () => {},
      });
      const put = () => objects.handle(call("PUT", condition));
      await Promise.all([put(), put(), put()]);
      expect(seen).toEqual([1, 1, 1]);
    },
  );
});
