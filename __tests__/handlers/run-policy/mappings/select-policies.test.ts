import { parseMappings } from "../../../../handlers/run-policy/mappings/parse-mappings";
import { selectPolicies } from "../../../../handlers/run-policy/mappings/select-policies";
import { entry, file, firstFinding, policy, takenBy } from "./mapping-file";

test.each<[string, object, string, boolean]>([
  ["source", { source: ["aws.securityhub"] }, "security-hub-imported", true],
  ["source by a glob", { source: ["aws.*"] }, "security-hub-imported", true],
  ["another source", { source: ["aws.macie"] }, "security-hub-imported", false],
  ["a glob is anchored", { source: ["security"] }, "security-hub-imported", false],
  [
    "detail type, in another case",
    { detail_type: ["security hub findings - *"] },
    "security-hub-imported",
    true,
  ],
  ["finding type", { finding_type: ["Policy:S3/*"] }, "guardduty-bucket", true],
  ["a second finding type", { finding_type: ["TTPs/*"] }, "security-hub-other-product", true],
  ["a rule of AWS Config", { finding_type: ["s3-bucket-public-*"] }, "config-bucket", true],
  ["control", { control_id: ["S3.8"] }, "security-hub-imported", true],
  ["control, another", { control_id: ["S3.?"] }, "security-hub-aggregated", false],
  ["control of a finding that has none", { control_id: ["*"] }, "macie-policy", false],
  ["control, excluded, of a finding that has none", { control_id: ["!S3.1"] }, "macie-policy", false],
  ["API call", { event_name: ["CreateBucket", "PutBucket*"] }, "cloudtrail-create-bucket", true],
  [
    "resource type as in CloudFormation",
    { resource_type: ["AWS::S3::Bucket"] },
    "cloudtrail-create-bucket",
    true,
  ],
  ["resource type as in Security Hub", { resource_type: ["AwsS3Bucket"] }, "cloudtrail-create-bucket", true],
  ["resource type in short", { resource_type: ["s3bucket"] }, "cloudtrail-create-bucket", true],
  ["resource type by its service", { resource_type: ["S3"] }, "cloudtrail-create-bucket", true],
  ["a service's other resource", { resource_type: ["EC2"] }, "cloudtrail-authorize-ingress", false],
  ["resource type of a finding that names none", { resource_type: ["*"] }, "guardduty-root", false],
  ["resource id", { resource_id: ["customer-*"] }, "macie-policy", true],
  ["resource id by its ARN", { resource_id: ["arn:aws:s3:::customer-*"] }, "macie-policy", true],
  ["account of the resource", { account: ["111122223333"] }, "inspector-administrator", true],
  ["account of the administrator", { account: ["123456789012"] }, "inspector-administrator", false],
  ["region of the resource", { region: ["us-west-2"] }, "security-hub-aggregated", true],
  ["all but one", { resource_id: ["!customer-imports"] }, "macie-policy", true],
  ["an exclusion beats an inclusion", { resource_id: ["customer-*", "!*-EXPORTS"] }, "macie-policy", false],
  ["an exclusion by another spelling", { resource_type: ["*", "!S3"] }, "macie-policy", false],
  ["keys are all asked for", { source: ["aws.macie"], account: ["123456789012"] }, "macie-policy", false],
  ["severity high enough", { severity_at_least: "MEDIUM" }, "macie-policy", true],
  ["severity too low", { severity_at_least: "CRITICAL" }, "macie-policy", false],
  ["severity too high", { severity_at_most: "MEDIUM" }, "macie-policy", false],
  ["severity within", { severity_at_least: "HIGH", severity_at_most: "HIGH" }, "macie-policy", true],
  ["severity of a finding that has none", { severity_at_least: "INFORMATIONAL" }, "config-bucket", false],
  ["highest severity of a finding that has none", { severity_at_most: "CRITICAL" }, "config-bucket", false],
  ["severity that is not triaged yet", { severity_at_least: "LOW" }, "inspector-untriaged", false],
])("%s", (_what, match, fixture, matches) => {
  expect(takenBy(entry(match), fixture)).toEqual(matches ? ["s3"] : []);
});

const everything = { source: ["*"] };
const entries = (...more: object[]): string =>
  file(more.map((each, index) => ({ id: `entry-${index}`, match: everything, policy, ...each })));

test("takes the first entry", () => {
  expect(takenBy(entries({}, {}), "macie-policy")).toEqual(["entry-0"]);
});

test("tries entries by precedence, then in the order of the file", () => {
  expect(takenBy(entries({}, { precedence: 10 }, { precedence: 10 }), "macie-policy")).toEqual(["entry-1"]);
});

test("goes on after an entry that says so", () => {
  expect(takenBy(entries({ continue: true }, { continue: true }, {}, {}), "macie-policy")).toEqual([
    "entry-0",
    "entry-1",
    "entry-2",
  ]);
});

test("passes over an entry that is not enabled", () => {
  expect(takenBy(entries({ enabled: false }, {}), "macie-policy")).toEqual(["entry-1"]);
});

test("says what to run", () => {
  const select = (more: object) =>
    selectPolicies(parseMappings(entry(everything, more)), ...firstFinding("macie-policy"));
  expect(select({})).toEqual([
    { mapping: "s3", policy, scope: "resource", dryRun: false, cooldownSeconds: 300 },
  ]);
  expect(select({ scope: "account" })).toMatchObject([{ cooldownSeconds: 0 }]);
  const sha256 = "0".repeat(64);
  expect(
    select({ policy: { ...policy, version_id: "v1", sha256 }, dry_run: true, cooldown_seconds: 60 }),
  ).toEqual([
    {
      mapping: "s3",
      policy: { ...policy, versionId: "v1", sha256 },
      scope: "resource",
      dryRun: true,
      cooldownSeconds: 60,
    },
  ]);
});

test("takes a finding without a resource too: what cannot be confined is refused when it is launched", () => {
  expect(takenBy(entry({ source: ["aws.guardduty"] }), "guardduty-root")).toEqual(["s3"]);
});
