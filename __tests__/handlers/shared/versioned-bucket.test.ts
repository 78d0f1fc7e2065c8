import { createVersionedBucket } from "../../../handlers/shared/versioned-bucket";
import { createLocalAws } from "../../../local/create-local-aws";

const setUp = () => {
  const local = createLocalAws();
  const requestHandler = local.requestHandler();
  const bucket = createVersionedBucket("policies", {
    ...local.clientConfig,
    credentials: async () => local.clientConfig.credentials,
    requestHandler: requestHandler as never,
    sleep: async () => {},
  });
  return { ...local, bucket };
};

test("reads an object with its ETag and version, and a version that was replaced", async () => {
  const { bucket } = setUp();
  expect(await bucket.read("a/policy (1)?.yml")).toBeUndefined();
  expect(await bucket.replace("a/policy (1)?.yml", "first", undefined)).toBe(true);
  const first = await bucket.read("a/policy (1)?.yml");
  expect(first).toEqual({ text: "first", etag: expect.any(String), versionId: "version-1" });
  if (first === undefined || first === "unchanged") throw new Error("not read");
  expect(await bucket.replace("a/policy (1)?.yml", "second", first)).toBe(true);
  expect(await bucket.read("a/policy (1)?.yml")).toMatchObject({ text: "second" });
  expect(await bucket.read("a/policy (1)?.yml", { versionId: "version-1" })).toEqual(first);
  expect(await bucket.read("a/policy (1)?.yml", { versionId: "version-9" })).toBeUndefined();
});

test("does not read an object again that has not changed", async () => {
  const { bucket } = setUp();
  await bucket.replace("mappings.json", "first", undefined);
  const first = await bucket.read("mappings.json");
  if (first === undefined || first === "unchanged") throw new Error("not read");
  expect(await bucket.read("mappings.json", { unlessEtag: first.etag })).toBe("unchanged");
  await bucket.replace("mappings.json", "second", first);
  expect(await bucket.read("mappings.json", { unlessEtag: first.etag })).toMatchObject({ text: "second" });
});

test("replaces only what was read", async () => {
  const { bucket } = setUp();
  expect(await bucket.replace("key", "first", undefined)).toBe(true);
  expect(await bucket.replace("key", "second", undefined)).toBe(false);
  const other = { text: "other", etag: '"other"' };
  expect(await bucket.replace("key", "second", other)).toBe(false);
  expect(await bucket.replace("missing", "second", other)).toBe(false);
  expect(await bucket.read("key")).toMatchObject({ text: "first" });
});

test("throws when S3 does not answer", async () => {
  const { bucket, faults } = setUp();
  faults.set(
    ["GetObject", "PutObject"].map((action) => ({
      service: "s3",
      action,
      fault: "error",
      code: "SlowDown",
      status: 503,
    })),
  );
  await expect(bucket.read("key")).rejects.toThrow("s3://policies/key: S3 answered 503");
  await expect(bucket.replace("key", "text", undefined)).rejects.toThrow("S3 answered 503");
});

test("finds nothing when S3 refuses the version id", async () => {
  const { bucket, faults } = setUp();
  faults.set([{ service: "s3", action: "GetObject", fault: "error", code: "InvalidArgument", status: 400 }]);
  expect(await bucket.read("key", { versionId: "x" })).toBeUndefined();
  await expect(bucket.read("key")).rejects.toThrow("s3://policies/key: S3 answered 400");
});
