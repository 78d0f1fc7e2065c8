import { parseMappings } from "../../../../handlers/run-policy/mappings/parse-mappings";
import { takenBy } from "./mapping-file";

const file = (...mappings: object[]): string =>
  JSON.stringify({
    version: "1.0",
    description: "Policies of findings",
    default_policy: "policies/default.yml",
    mappings: mappings.map((each) => ({ policy_file: "policies/s3.yml", priority: "high", ...each })),
  });
const taken = (mapping: object, fixture: string): boolean => takenBy(file(mapping), fixture).length > 0;

test("reads a file as it is", () => {
  expect(
    parseMappings(file({ name: "S3 Create Bucket", source: ["s3"] }, { name: "s3 create bucket" }, {})),
  ).toEqual({
    version: "1.0",
    onNoMatch: "ignore",
    defaultPolicy: "policies/default.yml",
    entries: ["s3-create-bucket", "s3-create-bucket-2", "mapping-3"].map((id, index) => ({
      id,
      enabled: true,
      match: index === 0 ? { source: ["s3"] } : {},
      policy: { key: "policies/s3.yml" },
      scope: "resource",
      dryRun: false,
      cooldownSeconds: 300,
      continue: false,
    })),
  });
});

test.each<[string, object, string, boolean]>([
  ["source without aws.", { source: ["s3"] }, "cloudtrail-create-bucket", true],
  ["source with aws.", { source: ["AWS.S3"] }, "cloudtrail-create-bucket", true],
  ["another source", { source: ["ec2"] }, "cloudtrail-create-bucket", false],
  ["a service for all its resources", { resource_type: ["EC2"] }, "cloudtrail-authorize-ingress", true],
  ["a kind of resource", { resource_type: ["Instance"] }, "guardduty-instance", true],
  ["a user of GuardDuty", { resource_type: ["AccessKey"] }, "guardduty-user", true],
  ["a resource type of Security Hub", { resource_type: ["S3Bucket"] }, "security-hub-imported", true],
  ["API call in another case", { event_name: ["createbucket"] }, "cloudtrail-create-bucket", true],
  ["a * in an API call, which has no effect", { event_name: ["Create*"] }, "cloudtrail-create-bucket", false],
  ["a type that contains a text", { finding_type: ["*anonymous*"] }, "guardduty-bucket", true],
  ["a * at the end, which means the same", { finding_type: ["anonymous*"] }, "guardduty-bucket", true],
  ["a type without *", { finding_type: ["anonymous"] }, "guardduty-bucket", false],
  ["a name that begins with !", { finding_type: ["!anonymous*"] }, "guardduty-bucket", false],
  ["an empty list, which asks for nothing", { source: [] }, "macie-policy", true],
  ["nothing", {}, "macie-policy", true],
])("%s", (_what, mapping, fixture, matches) => {
  expect(taken(mapping, fixture)).toBe(matches);
});

test("does not take the default policy for a match", () => {
  expect(takenBy(file({ source: ["ec2"] }), "macie-policy")).toEqual([]);
});
