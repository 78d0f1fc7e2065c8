import { PermanentError } from "../../../../handlers/shared/failures";
import { readFindings } from "../../../../handlers/shared/findings/read-findings";
import { fixtureNames, ownRole, readFixture } from "../../../../testing/findings";
import { expected } from "../../../../testing/findings/expected";

const read = (event: unknown, ownRoles: readonly string[] = [ownRole]) =>
  readFindings(event, { ownRoles, fallbackId: "delivery-1" });

const withDetail = (name: string, detail: object): object => {
  const event = readFixture(name);
  return { ...event, detail: { ...(event.detail as object), ...detail } };
};

const refuse = (event: unknown): string => {
  try {
    read(event);
  } catch (error) {
    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toMatchObject({ name: "MalformedEvent" });
    return (error as Error).message;
  }
  throw new Error("The event was not refused.");
};

test("expects something of every fixture", () => {
  expect(Object.keys(expected).sort()).toEqual([...fixtureNames].sort());
});

test.each(fixtureNames)("reads %s", (name) => {
  const wanted = expected[name]!;
  const { findings, ignored } = read(readFixture(name));
  if ("ignored" in wanted) {
    expect(findings).toEqual([]);
    expect(ignored).toMatchObject([{ reason: wanted.ignored }]);
    return;
  }
  expect(ignored).toEqual([]);
  expect(
    findings.map(({ severity, controlId, resources }) => ({
      ...(severity && { severity }),
      ...(controlId && { controlId }),
      resources,
    })),
  ).toEqual(wanted);
});

test("reads the whole of a finding", () => {
  expect(read(readFixture("security-hub-other-product")).findings[0]).toEqual({
    source: "aws.securityhub",
    detailType: "Security Hub Findings - Imported",
    id: "scanner/finding/42",
    type: "Effects/Data Exposure",
    otherTypes: ["TTPs/Initial Access"],
    title: "Database is reachable from the internet",
    severity: "MEDIUM",
    account: "123456789012",
    region: "eu-west-1",
    time: "2026-11-20T10:00:05.000Z",
    updatedAt: "2026-11-20T09:59:10.000Z",
    resources: expect.any(Array),
  });
});

test("reads the whole of an API call", () => {
  expect(read(readFixture("cloudtrail-create-user")).findings).toEqual([
    {
      source: "aws.iam",
      detailType: "AWS API Call via CloudTrail",
      id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
      type: "CreateUser",
      eventName: "CreateUser",
      account: "123456789012",
      region: "us-east-1",
      time: "2026-11-20T10:00:05.000Z",
      updatedAt: "2026-11-20T09:59:10.000Z",
      resources: expect.any(Array),
    },
  ]);
});

test("takes the id of the delivery when an API call has none, and refuses it without both", () => {
  const event = readFixture("cloudtrail-manual-test");
  expect(read(event).findings[0]?.id).toBe("delivery-1");
  expect(() => readFindings(event)).toThrow("id: expected a value, found nothing");
});

test("gives the administrator's and the member's copy of a finding the same id", () => {
  const [member, administrator] = ["inspector-instance", "inspector-administrator"].map(
    (name) => read(readFixture(name)).findings[0],
  );
  expect(administrator?.id).toBe(member?.id);
  expect(administrator?.resources).toEqual(member?.resources);
});

test.each(["guardduty-bucket", "macie-policy", "inspector-instance", "access-analyzer-bucket"])(
  "gives an update of %s the same id and another time",
  (name) => {
    const [before] = read(readFixture(name)).findings;
    const update = { ...withDetail(name, { updatedAt: "2026-11-20T11:00:00.000Z" }), id: "another-event" };
    expect(read(update).findings).toEqual([{ ...before, updatedAt: "2026-11-20T11:00:00.000Z" }]);
  },
);

test("acts once on a resource that a finding names twice", () => {
  const [finding] = (readFixture("security-hub-imported").detail as { findings: { Resources: object[] }[] })
    .findings;
  const twice = { ...finding, Resources: [...finding!.Resources, ...finding!.Resources] };
  expect(
    read(withDetail("security-hub-imported", { findings: [twice] })).findings[0]?.resources,
  ).toHaveLength(1);
});

test.each([
  ["a role with a path", "arn:aws:iam::123456789012:role/tasks/custodian-worker", true],
  ["a role without its path", "arn:aws:iam::123456789012:role/custodian-worker", true],
  ["a role of any account", "arn:aws:iam::*:role/custodian-worker", true],
  ["another role", "arn:aws:iam::123456789012:role/custodian-worker-2", false],
  ["a role of another account", "arn:aws:iam::111122223333:role/custodian-worker", false],
  ["a role in another partition's ARN", "arn:aws-cn:iam::123456789012:role/custodian-worker", true],
  ["what is no role", "custodian-worker", false],
])("ignores calls of %s", (_what, role, isOwn) => {
  const event = readFixture("cloudtrail-own-call");
  expect(read(event, [role]).ignored).toHaveLength(isOwn ? 1 : 0);
});

test("recognises a session without its issuer", () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/custodian-worker/session";
  expect(read(withDetail("cloudtrail-own-call", { userIdentity: { arn } })).ignored).toHaveLength(1);
});

test("ignores no call of a user who is called like the role", () => {
  const arn = "arn:aws:iam::123456789012:user/custodian-worker";
  expect(read(withDetail("cloudtrail-own-call", { userIdentity: { arn } })).findings).toHaveLength(1);
});

test("does not take a name for a unique id", () => {
  const event = withDetail("cloudtrail-create-user", {
    requestParameters: { userName: "AIDACKCEVSQ6C2EXAMPLE" },
  });
  expect(read(event).findings[0]?.resources).toEqual([
    expect.not.objectContaining({ idAttribute: "UserId" }),
  ]);
});

test("reads the identifier of a database as RDS keeps it", () => {
  const event = withDetail("cloudtrail-create-database", {
    requestParameters: { dBInstanceIdentifier: "Orders" },
  });
  expect(read(event).findings[0]?.resources).toMatchObject([{ id: "orders" }]);
});

const call = (requestParameters: unknown, more: object = {}) =>
  withDetail("cloudtrail-create-bucket", { requestParameters, ...more });
const deep = JSON.parse(`${"[".repeat(600)}${"]".repeat(600)}`);

test.each<[string, unknown, string]>([
  ["nothing", undefined, "event: expected an object, found nothing"],
  ["a list", [], "event: expected an object, found []"],
  [
    "an event without a detail",
    { ...readFixture("macie-policy"), detail: null },
    "detail: expected an object, found null",
  ],
  [
    "another source",
    { ...readFixture("macie-policy"), source: "aws.health" },
    "source: expected one of aws.securityhub",
  ],
  [
    "another detail type",
    { ...readFixture("macie-policy"), "detail-type": "Macie Alert" },
    'detail-type: expected one of Macie Finding; found "Macie Alert"',
  ],
  [
    "an id that is too long",
    withDetail("macie-policy", { id: "x".repeat(2_049) }),
    "detail.id: expected at most 2048",
  ],
  [
    "an id with a line break",
    withDetail("macie-policy", { id: "a\nb" }),
    "detail.id: expected no control characters",
  ],
  [
    "a name with an invisible character",
    call({ bucketName: "a\u202eb" }),
    "detail.requestParameters.bucketName[0]: expected no control characters",
  ],
  [
    "a name that is no text",
    call({ bucketName: 7 }),
    "detail.requestParameters.bucketName[0]: expected a string",
  ],
  [
    "an account that is none",
    withDetail("macie-policy", { accountId: "1" }),
    "detail.accountId: expected an account id",
  ],
  [
    "a region that is none",
    withDetail("macie-policy", { region: "../x" }),
    "detail.region: expected the name of a region",
  ],
  ["too many levels", call({ deep }), "event: expected at most 500 levels of nesting"],
  [
    "too many resources",
    withDetail("inspector-instance", {
      resources: Array.from({ length: 1_001 }, () => ({ type: "a", id: "b" })),
    }),
    "detail.resources: expected at most 1000 entries",
  ],
  [
    "an ARN of another type",
    withDetail("access-analyzer-bucket", { resource: "arn:aws:iam::123456789012:user/root" }),
    'detail.resource: expected an ARN of the type AWS::S3::Bucket, found "arn:aws:iam::123456789012:user/root"',
  ],
  [
    "an ARN without a name",
    withDetail("access-analyzer-role", { resource: "arn:aws:iam::123456789012:role/" }),
    "detail.resource: expected an ARN of the type AWS::IAM::Role",
  ],
  [
    "neither an account of the finding nor of the event",
    { ...withDetail("macie-policy", { accountId: null }), account: undefined },
    "account: expected a value, found nothing",
  ],
])("refuses %s", (_what, event, message) => {
  expect(refuse(event)).toContain(message);
});

test("reads no inherited fields", () => {
  const event = JSON.parse('{"__proto__":{"bucketName":"x"}}');
  expect(read(call(event, { resources: [] })).findings[0]?.resources).toEqual([]);
});
