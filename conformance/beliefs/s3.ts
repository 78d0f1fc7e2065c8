import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Account } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts, refuses } from "../wrong-answers";

const put = ({ resources }: Account, Key: string, conditions: object = {}) =>
  new PutObjectCommand({ Bucket: resources.bucket, Key, Body: "{}", ...conditions });

const onObjects = (...actions: string[]) => ({ Action: actions.map((each) => `s3:${each}`), Resource: "*" });

export const s3: readonly Belief[] = [
  {
    id: "s3-if-none-match",
    sentence: "PutObject with `If-None-Match: *` answers 412 `PreconditionFailed` when the key exists.",
    source: "S3 User Guide, `conditional-writes.html`",
    certainty: "documented",
    code: {
      "handlers/shared/bucket.ts": '"if-none-match": "*"',
      "handlers/launch/launch-records.ts": "putIfAbsent",
      "bottles/sync/lease.ts": '"absent"',
    },
    tests: "`s3-objects.test.ts`; `__tests__/local/function-loops.test.ts`: objects",
    seconds: 1,
    check: async (account) => {
      const key = account.unique();
      await account.clients.s3.send(put(account, key, { IfNoneMatch: "*" }));
      await refused(account.clients.s3.send(put(account, key, { IfNoneMatch: "*" })), "PreconditionFailed");
    },
    wrong: { PutObject: accepts() },
  },
  {
    id: "s3-if-match",
    sentence:
      "PutObject with `If-Match` and an ETag answers 412 `PreconditionFailed` when the object has another ETag, and 404 `NoSuchKey` when there is none.",
    source: "S3 User Guide, `conditional-writes.html`",
    certainty: "documented",
    code: { "handlers/shared/versioned-bucket.ts": "if-match", "bottles/sync/lease.ts": "found.etag" },
    tests: "`s3-objects.test.ts`: If-Match",
    seconds: 1,
    check: async (account) => {
      const { s3 } = account.clients;
      const key = account.unique();
      const IfMatch = '"0123456789abcdef0123456789abcdef"';
      await refused(s3.send(put(account, key, { IfMatch })), "NoSuchKey");
      const { ETag } = await s3.send(put(account, key));
      await s3.send(put(account, key, { IfMatch: ETag }));
      await refused(s3.send(put(account, key, { IfMatch })), "PreconditionFailed");
    },
    wrong: { PutObject: accepts() },
  },
  {
    id: "s3-conditional-write-permission",
    sentence: "A conditional write needs `s3:PutObject` only.",
    source: "S3 User Guide, `conditional-writes.html`",
    certainty: "documented",
    code: { "modules/launcher/main.tf": "s3:PutObject", "src/launcher/permissions.ts": "s3:PutObject" },
    tests: "`s3-objects.test.ts`; `__tests__/local/function-loops.test.ts`: objects",
    seconds: 5,
    check: async (account) => {
      const { s3 } = await account.as(onObjects("PutObject"));
      const key = account.unique();
      await s3.send(put(account, key, { IfNoneMatch: "*" }));
      await refused(s3.send(put(account, key, { IfNoneMatch: "*" })), "PreconditionFailed");
    },
    wrong: { PutObject: refuses("InvalidRequest") },
  },
  {
    id: "s3-missing-key",
    sentence:
      "GetObject of a missing key answers 403 `AccessDenied` to a caller without `s3:ListBucket` on the bucket, and 404 `NoSuchKey` to others.",
    source: "S3 API Reference, `API_GetObject.html`",
    certainty: "documented",
    code: {
      "modules/launcher/main.tf": "Without ListBucket S3 answers 403",
      "src/launcher/permissions.ts": "Without ListBucket S3 answers 403",
      "handlers/shared/bucket.ts": "404",
    },
    tests: "`s3-objects.test.ts`; `__tests__/local/function-loops.test.ts`: objects",
    seconds: 10,
    check: async (account) => {
      const missing = new GetObjectCommand({ Bucket: account.resources.bucket, Key: account.unique() });
      const without = await account.as(onObjects("GetObject"));
      await refused(without.s3.send(missing), "AccessDenied");
      const list = { Action: "s3:ListBucket", Resource: "*" };
      const withList = await account.as(onObjects("GetObject"), list);
      await refused(withList.s3.send(missing), "NoSuchKey");
    },
    wrong: { GetObject: refuses("NoSuchKey") },
  },
  {
    id: "s3-conflict",
    sentence:
      "Of several conditional writes of one key at once, one succeeds; the others get 412, or 409 `ConditionalRequestConflict`.",
    source: "S3 User Guide, `conditional-writes.html`",
    certainty: "documented, less strict than AWS without a fault script",
    code: { "handlers/shared/signed-requests.ts": "409: two concurrent S3 writes" },
    tests: "`s3-objects.test.ts`: runs conditional writes, answers 409",
    seconds: 5,
    check: async (account) => {
      const key = account.unique();
      const write = () => account.clients.s3.send(put(account, key, { IfNoneMatch: "*" }));
      const ended = await Promise.allSettled(Array.from({ length: 20 }, write));
      const refusals = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
      const other = refusals.find(
        ({ name }) => !/^(PreconditionFailed|ConditionalRequestConflict)$/.test(name),
      );
      if (other) throw other;
      if (refusals.length !== 19) assert.fail(`${20 - refusals.length} of 20 writes succeeded.`);
    },
    wrong: { PutObject: accepts() },
  },
];
