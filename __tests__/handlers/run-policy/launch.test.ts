import { createHash } from "node:crypto";
import {
  createWorld,
  mapping,
  mappingFile,
  mappingKey,
  policyBucket,
  policyText,
  securityHubEvent,
  testEvent,
} from "./world";

test("runs the policy of the mapping on the resource of the test event", async () => {
  const world = await createWorld();
  const { runs } = await world.invoke(testEvent());
  expect(runs).toEqual([
    {
      finding: "request-1",
      resource: "test-security-bucket-123",
      mapping: "s3-create-bucket",
      policy: "policies/s3-createbucket.yml",
      taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-1:123456789012:task\/custodian\//),
      duplicate: false,
    },
  ]);
  expect(world.launches()).toMatchObject([
    {
      cluster: "custodian",
      taskDefinition: "custodian-worker",
      group: "route-custodian-worker",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ["subnet-a", "subnet-b"], securityGroups: ["sg-1"] },
      },
    },
  ]);
  expect(world.variables()).toEqual([
    {
      FINDING_PAYLOAD: expect.any(String),
      POLICY_BUCKET: policyBucket,
      POLICY_KEY: "policies/s3-createbucket.yml",
    },
  ]);
  expect(await world.payloads()).toEqual([
    {
      finding: {
        id: "request-1",
        source: "aws.s3",
        detailType: "AWS API Call via CloudTrail",
        type: "CreateBucket",
        eventName: "CreateBucket",
        account: "123456789012",
        region: "us-east-1",
        time: "2024-01-15T10:30:00.000Z",
        resource: {
          type: "AWS::S3::Bucket",
          id: "test-security-bucket-123",
          account: "123456789012",
          region: "us-east-1",
        },
      },
      policy_key: "policies/s3-createbucket.yml",
      policy: {
        version_id: "version-1",
        sha256: createHash("sha256").update(policyText).digest("hex"),
      },
      mapping: "s3-create-bucket",
      scope: "resource",
      dry_run: false,
      event: { id: "request-1", ...testEvent() },
    },
  ]);
});

test("logs the launch with mapping, policy and resource", async () => {
  const world = await createWorld();
  await world.invoke(testEvent());
  expect(world.lines).toContainEqual(
    expect.objectContaining({
      message: "task launched",
      service: "custodian-worker",
      finding: "request-1",
      mapping: "s3-create-bucket",
      policy: "policies/s3-createbucket.yml",
      resource: "test-security-bucket-123",
    }),
  );
  expect(world.counts("Launches")).toEqual({ "": 1 });
});

test("runs the policies of all mappings that match when they say so, one of them dry", async () => {
  const world = await createWorld();
  const dry = mapping({ id: "dry", dry_run: true, continue: true });
  await world.put(mappingKey, mappingFile([dry, mapping()]));
  await world.invoke(testEvent());
  const payloads = await world.payloads();
  expect(payloads.map(({ mapping, dry_run }) => [mapping, dry_run])).toEqual([
    ["dry", true],
    ["s3-create-bucket", false],
  ]);
});

test("runs a policy for an account once, without a resource, however many resources the finding has", async () => {
  const world = await createWorld();
  const match = { source: ["aws.securityhub"] };
  await world.put(mappingKey, mappingFile([mapping({ match, scope: "account" })]));
  const { runs } = await world.invoke(securityHubEvent([{ id: "f1", buckets: ["a", "b", "c"] }]));
  expect(runs).toHaveLength(1);
  const [payload] = await world.payloads();
  expect(payload).toMatchObject({ scope: "account", finding: { id: "f1" } });
  expect(payload?.finding).not.toHaveProperty("resource");
});

test("adds a link to the resource when enrichment is enabled, and the same one each time", async () => {
  const world = await createWorld({ ENABLE_ENRICHMENT: "true" });
  await world.put(mappingKey, mappingFile([mapping({ match: { source: ["*"] } })]));
  await world.invoke(securityHubEvent([{ id: "f1", buckets: ["a"] }]));
  const url = "https://console.aws.amazon.com/go/view?arn=arn%3Aaws%3As3%3A%3A%3Aa";
  expect(await world.payloads()).toMatchObject([{ finding: { console_url: url } }]);
});

test("uses the launch settings", async () => {
  const settings = { capacity: "FARGATE_SPOT", assignPublicIp: true };
  const world = await createWorld({ SERVICE: "policies", ECS_LAUNCH_SETTINGS: JSON.stringify(settings) });
  await world.invoke(testEvent());
  expect(world.launches()).toMatchObject([
    {
      group: "route-policies",
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }],
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: "ENABLED" } },
      overrides: { containerOverrides: [{ name: "custodian-worker" }] },
    },
  ]);
});

describe("a finding that no mapping takes", () => {
  const unmatched = testEvent("a-bucket", {
    detail: { eventName: "PutBucketPolicy", requestParameters: { bucketName: "a-bucket" } },
  });

  test("is ignored and counted", async () => {
    const world = await createWorld({ DEFAULT_POLICY_KEY: "policies/s3-createbucket.yml" });
    expect(await world.invoke(unmatched)).toEqual({ runs: [] });
    expect(world.tasks()).toEqual([]);
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(world.counts("FindingsUnmatched")).toEqual({ "": 1 });
  });

  test("goes to the DLQ when the mapping file says so, and its redrive runs what takes it then", async () => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping()], { on_no_match: "dead_letter" }));
    await world.invoke(unmatched);
    const [message] = await world.takeDlqMessages();
    expect(message).toMatchObject({
      requestPayload: { event: unmatched, run: { finding: "request-1", resource: "a-bucket" } },
      responsePayload: { errorType: "FindingUnmatched", errorMessage: expect.stringContaining('"a-bucket"') },
    });
    expect(world.counts("FindingsUnmatched")).toEqual({ "": 1 });
    expect(world.tasks()).toEqual([]);
    await world.put(mappingKey, mappingFile([mapping({ match: { event_name: ["*"] } })]));
    await world.clock.advance(60_000);
    await world.invoke(message);
    expect(await world.payloads()).toMatchObject([{ finding: { resource: { id: "a-bucket" } } }]);
  });

  test("gets the default policy on its resource only when that is switched on", async () => {
    const world = await createWorld({
      DEFAULT_POLICY_KEY: "policies/s3-createbucket.yml",
      USE_DEFAULT_POLICY: "true",
    });
    await world.invoke(unmatched);
    expect(await world.payloads()).toMatchObject([
      { mapping: "default-policy", scope: "resource", finding: { resource: { id: "a-bucket" } } },
    ]);
    expect(world.counts("FindingsUnmatched")).toEqual({});
  });

  test.each([
    [undefined, 0],
    ["true", 1],
  ] as const)(
    "gets the default policy of a file of version 1.0 with the switch %s: %d tasks",
    async (flag, tasks) => {
      const world = await createWorld(flag && { USE_DEFAULT_POLICY: flag });
      const file = { version: "1.0", default_policy: "policies/s3-createbucket.yml", mappings: [] };
      await world.put(mappingKey, JSON.stringify(file));
      await world.invoke(unmatched);
      expect(world.tasks()).toHaveLength(tasks);
    },
  );
});

describe("ignores, and counts", () => {
  test("calls of the role of policy runs", async () => {
    const role = "arn:aws:iam::123456789012:role/custodian-worker-task";
    const world = await createWorld({ WORKER_ROLES: role });
    const userIdentity = {
      type: "AssumedRole",
      arn: "arn:aws:sts::123456789012:assumed-role/custodian-worker-task/0123456789abcdef",
      sessionContext: { sessionIssuer: { type: "Role", arn: role } },
    };
    const { detail } = testEvent();
    const result = await world.invoke(testEvent("a-bucket", { detail: { ...detail, userIdentity } }));
    expect(result).toEqual({ runs: [{ finding: "request-1", ignored: "own_call" }] });
    expect(world.tasks()).toEqual([]);
    expect(world.counts("FindingsIgnored")).toEqual({ own_call: 1 });
  });

  test("an event without findings", async () => {
    const world = await createWorld();
    expect(await world.invoke(securityHubEvent([]))).toEqual({ runs: [] });
    expect(world.counts("FindingsIgnored")).toEqual({ no_finding: 1 });
  });

  test("archived findings, while the others of the event are acted on", async () => {
    const world = await createWorld();
    await world.put(mappingKey, mappingFile([mapping({ match: { source: ["*"] } })]));
    const event = securityHubEvent([
      { id: "f1", buckets: ["a"], more: { RecordState: "ARCHIVED" } },
      { id: "f2", buckets: ["b"] },
    ]);
    await world.invoke(event);
    expect(world.counts("FindingsIgnored")).toEqual({ archived: 1 });
    expect(await world.payloads()).toMatchObject([{ finding: { id: "f2" } }]);
  });
});
