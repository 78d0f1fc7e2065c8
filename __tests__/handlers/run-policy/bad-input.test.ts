import { createHash } from "node:crypto";
import { createWorld, mapping, mappingFile, mappingKey, securityHubEvent, testEvent } from "./world";

const key = "policies/s3-createbucket.yml";
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

describe("a mapping file that cannot be used is never replaced by a remediation", () => {
  test.each([
    ["truncated", mappingFile().slice(0, -5), /JSON/],
    ["empty", " ", /JSON/],
    [
      "of an unknown version",
      JSON.stringify({ version: "3.0", mappings: [] }),
      /version: expected "2\.0" or "1\.0", found "3\.0"/,
    ],
    [
      "with a bad glob",
      mappingFile([mapping({ match: { source: [" "] } })]),
      /mappings\[0\]\.match\.source\[0\]: expected a glob/,
    ],
    [
      "with a policy outside the folder",
      mappingFile([mapping({ policy: { key: "../x.yml" } })]),
      /mappings\[0\]\.policy\.key: expected a key/,
    ],
  ])("%s", async (_what, text, reason) => {
    const world = await createWorld({ DEFAULT_POLICY_KEY: key, USE_DEFAULT_POLICY: "true" });
    await world.put(mappingKey, text);
    const invoked = world.invoke(testEvent());
    await expect(invoked).rejects.toMatchObject({ name: "InvalidMappings" });
    await expect(invoked).rejects.toThrow(reason);
    await expect(invoked).rejects.toThrow("s3://policies-of-custodian/config/policy-mappings.json: ");
    expect(world.tasks()).toEqual([]);
    expect(world.counts("Failures")).toEqual({ InvalidMappings: 1 });
    // A corrected file cures it.
    await world.put(mappingKey, mappingFile());
    expect((await world.invoke(testEvent())).runs).toHaveLength(1);
  });

  test("missing", async () => {
    const world = await createWorld({
      POLICY_MAPPING_KEY: "config/none.json",
      USE_DEFAULT_POLICY: "true",
      DEFAULT_POLICY_KEY: key,
    });
    await expect(world.invoke(testEvent())).rejects.toThrow(
      "s3://policies-of-custodian/config/none.json: the mapping file does not exist",
    );
    expect(world.tasks()).toEqual([]);
  });

  test("in a queue: the event goes to the DLQ with the reason when its deliveries are used up", async () => {
    const world = await createWorld();
    await world.put(mappingKey, "{");
    const record = (receives: number) => ({
      Records: [
        {
          messageId: "m1",
          eventSource: "aws:sqs",
          body: JSON.stringify(testEvent()),
          attributes: { ApproximateReceiveCount: String(receives) },
        },
      ],
    });
    expect(await world.invoke(record(1))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(await world.invoke(record(5))).toEqual({ batchItemFailures: [] });
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: testEvent(), responsePayload: { errorType: "InvalidMappings" } },
    ]);
  });
});

describe("a policy", () => {
  const rejects = async (policy: object, errorType: string, reason: RegExp) => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping({ policy })]));
    const { runs } = await world.invoke(testEvent());
    expect(runs).toMatchObject([{ rejected: expect.stringMatching(reason) }]);
    const [message] = await world.takeDlqMessages();
    expect(message).toMatchObject({
      requestPayload: {
        event: testEvent(),
        run: { finding: "request-1", resource: "test-security-bucket-123", mapping: "s3-create-bucket" },
      },
      responsePayload: { errorType },
    });
    expect(world.tasks()).toEqual([]);
    expect(world.counts("Failures")).toEqual({ [errorType]: 1 });
    return { world, message };
  };

  test("that is missing sends the run to the DLQ, and its redrive runs it when it exists", async () => {
    const { world, message } = await rejects(
      { key: "policies/none.yml" },
      "PolicyMissing",
      /^policy of the mapping s3-create-bucket: s3:\/\/policies-of-custodian\/policies\/none\.yml does not exist$/,
    );
    await world.put("policies/none.yml", "policies: []");
    await world.invoke(message);
    expect(world.tasks()).toHaveLength(1);
  });

  test("that is missing in the version of the mapping", () =>
    rejects({ key, version_id: "version-9" }, "PolicyMissing", /does not exist in version version-9$/));

  test("that has changed since the mapping pinned its hash", () =>
    rejects(
      { key, sha256: "0".repeat(64) },
      "PolicyChanged",
      /has the SHA-256 \w{64}; the mapping allows 0{64} only/,
    ));

  test("is pinned as it was when it was selected", async () => {
    const world = await createWorld();
    await world.put(key, "policies: [] # second");
    await world.invoke(testEvent());
    await world.put(key, "policies: [] # third");
    expect(await world.payloads()).toMatchObject([
      { policy: { version_id: "version-2", sha256: hash("policies: [] # second") } },
    ]);
  });

  test("of the version that the mapping names is pinned", async () => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping({ policy: { key, version_id: "version-1" } })]));
    await world.put(key, "policies: [] # second");
    await world.invoke(testEvent());
    expect(await world.payloads()).toMatchObject([{ policy: { version_id: "version-1" } }]);
  });
});

describe("a finding of another place", () => {
  const elsewhere = (detail: object) =>
    testEvent("a-bucket", { detail: { ...testEvent("a-bucket").detail, ...detail } });

  test.each([
    ["account", elsewhere({ recipientAccountId: "111122223333" }), "111122223333"],
    ["region", elsewhere({ awsRegion: "eu-west-1" }), "eu-west-1"],
  ])("is sent to the DLQ: another %s", async (_what, event, place) => {
    const world = await createWorld({ MEMBER_ACCOUNTS: "444455556666" });
    const { runs } = await world.invoke(event);
    expect(runs).toMatchObject([{ rejected: expect.stringContaining(`"${place}"`) }]);
    expect(await world.takeDlqMessages()).toMatchObject([
      { responsePayload: { errorType: "PlaceNotAllowed" } },
    ]);
    expect(world.tasks()).toEqual([]);
  });

  test("is run for a member account", async () => {
    const world = await createWorld({ MEMBER_ACCOUNTS: "444455556666, 111122223333" });
    await world.invoke(elsewhere({ recipientAccountId: "111122223333" }));
    expect(await world.payloads()).toMatchObject([{ finding: { resource: { account: "111122223333" } } }]);
  });
});

describe("a finding without a resource", () => {
  const event = securityHubEvent([{ id: "f1", buckets: [] }]);

  test("is sent to the DLQ, never widened", async () => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping({ match: { source: ["aws.securityhub"] } })]));
    await world.invoke(event);
    expect(await world.takeDlqMessages()).toMatchObject([
      {
        requestPayload: { run: { finding: "f1", mapping: "s3-create-bucket" } },
        responsePayload: {
          errorType: "ResourceMissing",
          errorMessage: expect.stringContaining('"f1" names no resource'),
        },
      },
    ]);
    expect(world.tasks()).toEqual([]);
  });

  test("runs a policy for the account", async () => {
    const world = await createWorld();
    await world.put(
      mappingKey,
      mappingFile([mapping({ match: { source: ["aws.securityhub"] }, scope: "account" })]),
    );
    await world.invoke(event);
    expect(await world.payloads()).toMatchObject([{ scope: "account" }]);
  });
});

describe("an id that tries to inject", () => {
  test.each([
    ["quotes", `a"b'c\`d`],
    ["YAML", "x\u2028, op: ne} # - [*]"],
    ["globs", "*"],
    ["JSON", `"},"scope":"account","x":{"y":"`],
    ["a variable", "${env:AWS_SECRET_ACCESS_KEY}"],
    ["a path", "../../policies/other"],
  ])("is passed on as it is, or refused: %s", async (_what, id) => {
    const world = await createWorld();
    const { runs } = await world.invoke(testEvent(id));
    const payloads = await world.payloads();
    const rejected = await world.takeDlqMessages();
    expect(runs === undefined ? 0 : runs.length).toBe(payloads.length);
    expect(payloads.length + rejected.length).toBe(1);
    for (const payload of payloads) {
      expect(payload).toMatchObject({ scope: "resource", finding: { resource: { id } } });
    }
    for (const { run } of rejected.map(({ requestPayload }) => requestPayload as { run?: unknown })) {
      expect(run).toBeUndefined();
    }
  });

  test.each([
    ["a resource", testEvent("x".repeat(5_000_000))],
    ["a finding", securityHubEvent([{ id: "x".repeat(5_000_000), buckets: ["a"] }])],
    ["an event", testEvent("a", { id: "x".repeat(5_000_000) })],
  ])("of 5 MB is bounded: %s", async (_what, event) => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping({ match: { source: ["*"] } })]));
    expect(await world.invoke(event)).toEqual({ handedOn: "reference" });
    const result = JSON.stringify(await world.invoke(world.handedOn[0]));
    expect(result.length).toBeLessThan(3_000);
    for (const line of world.lines) expect(JSON.stringify(line).length).toBeLessThan(8_192);
    for (const message of await world.takeDlqMessages()) {
      expect(JSON.stringify(message).length).toBeLessThan(262_144);
    }
    expect(world.tasks().length).toBeLessThanOrEqual(1);
  });
});

test.each([
  ["no object", "text"],
  ["a detail of the wrong type", testEvent("a", { detail: "text" })],
  ["an unknown source", testEvent("a", { source: "aws.unknown", "detail-type": "Unknown" })],
  ["a run without a finding", { event: testEvent("a"), run: {} }],
  ["a run of no event", { event: 7, run: { finding: "f" } }],
])("sends a malformed event to the DLQ: %s", async (_what, event) => {
  const world = await createWorld();
  expect(await world.invoke(event)).toEqual({ rejected: expect.any(String) });
  expect(await world.takeDlqMessages()).toMatchObject([
    { requestPayload: event, responsePayload: { errorType: "MalformedEvent" } },
  ]);
  expect(world.tasks()).toEqual([]);
});
