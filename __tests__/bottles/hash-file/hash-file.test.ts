import fc from "fast-check";
import { createCheckpoint } from "../../../bottles/hash-file/checkpoint";
import { seedHashFile } from "../../../bottles/hash-file/external-hash-file";
import { hashFileKey } from "../../../bottles/hash-file/hash-file";
import { parseHashFile, serializeHashFile } from "../../../bottles/hash-file/parse-hash-file";
import type { MirroredBottle } from "../../../bottles/hash-file/to-entry";
import { createHttp } from "../../../bottles/http";
import { createStore } from "../../../bottles/store/store";
import { createLog } from "../../../handlers/shared/log";
import { createCorpus, serveHomebrew } from "../../../testing/homebrew";
import { connectionTo, ObjectStore, refuse } from "../../../testing/object-store";

const now = Date.parse("2026-11-29T03:00:00Z");
const documented = {
  last_updated: "2025-07-21T03:00:00Z",
  bottles: {
    "curl-8.0.0-arm64_sonoma": { sha256: "ab".repeat(32), download_date: "2025-07-21", file_size: 1048576 },
  },
};

const bottle = (more: Partial<MirroredBottle> = {}): MirroredBottle => ({
  formula: "x265",
  version: "4.1-rc1",
  rebuild: 1,
  tag: "arm64_tahoe",
  sha256: "cd".repeat(32),
  size: 7,
  mirroredAt: now,
  ...more,
});

const setUp = () => {
  const objects = new ObjectStore();
  const lines: Record<string, unknown>[] = [];
  let beforeWrite: (() => void) | undefined;
  const connection = connectionTo(objects, {
    intercept: ({ method }) => {
      if (method === "PUT") beforeWrite?.();
      return undefined;
    },
  });
  const store = createStore("mirror", connection);
  const log = createLog("INFO", (line) => lines.push(JSON.parse(line)));
  return {
    objects,
    store,
    lines,
    checkpoint: createCheckpoint({ store, log, now: () => now, sleep: async () => {} }),
    onWrite: (action: () => void) => {
      beforeWrite = action;
    },
    put: (content: unknown) =>
      objects.put(hashFileKey, Buffer.from(typeof content === "string" ? content : JSON.stringify(content))),
    text: () => objects.objects.get(hashFileKey)?.body.toString(),
    read: () => JSON.parse(objects.objects.get(hashFileKey)!.body.toString()),
  };
};

test("the file of the document is read, kept and extended", async () => {
  const { put, checkpoint, read } = setUp();
  put(documented);
  expect(await checkpoint({ mirrored: [bottle()] })).toBe("written");
  expect(read()).toEqual({
    schema_version: 1,
    last_updated: "2026-11-29T03:00:00Z",
    bottles: {
      ...documented.bottles,
      "x265-4.1-rc1-arm64_tahoe": {
        sha256: "cd".repeat(32),
        download_date: "2026-11-29",
        file_size: 7,
        formula: "x265",
        version: "4.1-rc1",
        rebuild: 1,
        tag: "arm64_tahoe",
        key: `v2/homebrew/core/x265/blobs/sha256:${"cd".repeat(32)}`,
      },
    },
  });
});

test("a file is created when there is none, also without bottles", async () => {
  const { checkpoint, read } = setUp();
  expect(await checkpoint({})).toBe("written");
  expect(read()).toEqual({ schema_version: 1, last_updated: "2026-11-29T03:00:00Z", bottles: {} });
});

test("what the file says already is not written again", async () => {
  const { checkpoint, objects } = setUp();
  await checkpoint({ mirrored: [bottle()] });
  const first = objects.objects.get(hashFileKey);
  expect(await checkpoint({ mirrored: [bottle({ mirroredAt: now + 1e9 })] })).toBe("unchanged");
  expect(objects.objects.get(hashFileKey)).toBe(first);
});

test("an entry of the document gets the new fields, and keeps its date", async () => {
  const { put, checkpoint, read } = setUp();
  put(documented);
  await checkpoint({
    mirrored: [
      bottle({
        formula: "curl",
        version: "8.0.0",
        tag: "arm64_sonoma",
        sha256: "ab".repeat(32),
        size: 1048576,
      }),
    ],
  });
  expect(read().bottles["curl-8.0.0-arm64_sonoma"]).toMatchObject({
    download_date: "2025-07-21",
    key: `v2/homebrew/core/curl/blobs/sha256:${"ab".repeat(32)}`,
  });
});

test("a rebuild replaces the entry", async () => {
  const { checkpoint, read } = setUp();
  await checkpoint({ mirrored: [bottle({ rebuild: 0 })] });
  await checkpoint({ mirrored: [bottle({ rebuild: 1, sha256: "ef".repeat(32) })] });
  expect(Object.values(read().bottles)).toMatchObject([{ rebuild: 1, sha256: "ef".repeat(32) }]);
});

test("bottles that were removed leave the file", async () => {
  const { put, checkpoint, read } = setUp();
  put(documented);
  await checkpoint({ mirrored: [bottle()], removed: new Set(["ab".repeat(32)]) });
  expect(Object.keys(read().bottles)).toEqual(["x265-4.1-rc1-arm64_tahoe"]);
});

test("an entry that cannot be read is reported and kept, and loses no other", async () => {
  const { put, checkpoint, read, lines } = setUp();
  const bad = { sha256: "12", download_date: "2025-07-21", file_size: 1 };
  put({ ...documented, note: "ours", bottles: { ...documented.bottles, bad, worse: 7 } });
  await checkpoint({ mirrored: [bottle()] });
  expect(read()).toMatchObject({ note: "ours", bottles: { ...documented.bottles, bad, worse: 7 } });
  expect(Object.keys(read().bottles)).toHaveLength(4);
  expect(lines).toMatchObject([
    {
      level: "WARN",
      problems: expect.stringContaining('bottles.bad.sha256: expected 64 hexadecimal digits, found "12"'),
    },
  ]);
});

test("a size of 0 is an entry like any other", () => {
  const entry = { sha256: "ab".repeat(32), download_date: "2025-07-21", file_size: 0 };
  expect(parseHashFile(JSON.stringify({ bottles: { a: entry } }))).toMatchObject({ problems: [] });
});

test.each<[string, unknown]>([
  ["a newer version", { schema_version: 2, bottles: {} }],
  ["another kind", { lockfileVersion: 3 }],
  ["bottles of another form", { bottles: [] }],
])("a file of %s is left as it is", async (_what, content) => {
  const { put, checkpoint, text, lines } = setUp();
  put(content);
  expect(await checkpoint({ mirrored: [bottle()] })).toBe("foreign");
  expect(text()).toBe(JSON.stringify(content));
  expect(lines).toMatchObject([{ level: "ERROR", errorType: "ForeignHashFile" }]);
});

test.each(['{"schema_version": 1, "bottles": {"a": ', "", "null", "[]", "\u0000"])(
  "a damaged file (%j) is written anew, and this is reported",
  async (content) => {
    const { put, checkpoint, read, lines } = setUp();
    put(content);
    expect(await checkpoint({ mirrored: [bottle()] })).toBe("written");
    expect(Object.keys(read().bottles)).toEqual(["x265-4.1-rc1-arm64_tahoe"]);
    expect(lines).toMatchObject([{ level: "ERROR", errorType: "DamagedHashFile" }]);
  },
);

test("two runs that write at once lose no entry of each other", async () => {
  const { checkpoint, read } = setUp();
  const runs = Array.from({ length: 8 }, (_, index) =>
    checkpoint({ mirrored: [bottle({ formula: `f${index}`, sha256: String(index).repeat(64) })] }),
  );
  expect(new Set(await Promise.all(runs))).toEqual(new Set(["written"]));
  expect(Object.keys(read().bottles)).toHaveLength(8);
});

test("a run that never gets to write says so", async () => {
  const { checkpoint, onWrite, put } = setUp();
  let version = 0;
  onWrite(() => put({ ...documented, version: version++ }));
  await expect(checkpoint({ mirrored: [bottle()] })).rejects.toThrow(
    "s3://mirror/bottles_hash.json: expected to write it, found it changed by other runs 10 times",
  );
});

test("a name of the file's prototype is an entry", () => {
  const text = `{"bottles": {"__proto__": ${JSON.stringify(documented.bottles["curl-8.0.0-arm64_sonoma"])}}}`;
  const { file } = parseHashFile(text);
  expect([...file.entries.keys()]).toEqual(["__proto__"]);
  expect(parseHashFile(serializeHashFile(file, now)).file.entries.size).toBe(1);
});

test("whatever is in a file, what can be read stays, and so does what cannot", async () => {
  const entry = fc.oneof(
    fc.constant(documented.bottles["curl-8.0.0-arm64_sonoma"]),
    fc.record({ sha256: fc.string(), download_date: fc.string(), file_size: fc.jsonValue() }),
    fc.jsonValue(),
  );
  const content = fc.record({ bottles: fc.dictionary(fc.string(), entry), more: fc.jsonValue() });
  await fc.assert(
    fc.asyncProperty(content, async (before) => {
      const { put, checkpoint, read } = setUp();
      put(before);
      expect(await checkpoint({ mirrored: [bottle()] })).toBe("written");
      const { bottles, more } = read();
      const { "x265-4.1-rc1-arm64_tahoe": added, ...kept } = bottles;
      expect(added.sha256).toBe("cd".repeat(32));
      expect({ kept, more }).toEqual(JSON.parse(JSON.stringify({ kept: before.bottles, more: before.more })));
    }),
    { numRuns: 200 },
  );
});

test("an entry that is nested 100,000 levels deep is kept, too", async () => {
  const { put, checkpoint, text } = setUp();
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  put(`{"bottles": {"deep": ${deep}}}`);
  expect(await checkpoint({ mirrored: [bottle()] })).toBe("written");
  expect(text()).toContain(deep);
});

describe("the file of another mirror", () => {
  const http = createHttp({ connections: 1 });
  afterAll(() => http.close());

  test("starts the file of a mirror that has none", async () => {
    const { objects, store, read } = setUp();
    const other = new ObjectStore();
    other.put("old.json", Buffer.from(JSON.stringify(documented)));
    const source = { store: createStore("other", connectionTo(other)), key: "old.json" };
    expect(await seedHashFile(store, source, { http, now: () => now })).toBe(1);
    expect(read().bottles).toEqual(documented.bottles);
    objects.put(hashFileKey, Buffer.from("{}"));
    // It is not even read again.
    other.objects.clear();
    expect(await seedHashFile(store, source, { http, now: () => now })).toBeUndefined();
  });

  test("can be at a URL", async () => {
    const { store, read } = setUp();
    const apiFiles = new Map([["hashes.json", JSON.stringify(documented)]]);
    const server = await serveHomebrew({ corpus: createCorpus({ seed: 1, bottles: 0 }), apiFiles });
    try {
      await seedHashFile(store, { url: `${server.url}/api/hashes.json` }, { http, now: () => now });
    } finally {
      server.stop();
    }
    expect(read().bottles).toEqual(documented.bottles);
  });

  test("that S3 refuses may be missing: the message says so", async () => {
    const { store } = setUp();
    const connection = connectionTo(new ObjectStore(), { intercept: () => refuse(403, "AccessDenied") });
    const source = { store: createStore("other", connection), key: "old.json" };
    await expect(seedHashFile(store, source, { http, now: () => now })).rejects.toThrow(
      /Allow s3:GetObject to this role, .*, or put the object: only a role with s3:ListBucket learns that one is missing/,
    );
  });

  test("that is missing or damaged is named", async () => {
    const { store, objects } = setUp();
    const other = new ObjectStore();
    const source = { store: createStore("other", connectionTo(other)), key: "old.json" };
    await expect(seedHashFile(store, source, { http, now: () => now })).rejects.toThrow(
      "s3://other/old.json: expected a hash file, found no object",
    );
    other.put("old.json", Buffer.from("<html>"));
    await expect(seedHashFile(store, source, { http, now: () => now })).rejects.toThrow(
      "s3://other/old.json: hash file: expected a JSON object, found other text",
    );
    expect(objects.objects.size).toBe(0);
  });
});
