import fc from "fast-check";
import type { FindingResource } from "../../../container-contract/policy-run";
import { confinePolicies, withoutMode } from "../../../worker/jobs/run-policy/confine";
import type { Policy } from "../../../worker/jobs/run-policy/policy-file";
import { resourceTypes } from "../../../worker/jobs/run-policy/resource-types";

const bucket = (changes: Partial<FindingResource> = {}): FindingResource => ({
  type: "AWS::S3::Bucket",
  id: "one",
  account: "123456789012",
  region: "eu-west-1",
  ...changes,
});
const policy = (changes: Partial<Policy> = {}): Policy => ({
  name: "protect",
  resource: "aws.s3",
  ...changes,
});

const only = (key: string, value: string) => ({ type: "value", key, op: "in", value: [value] });

test("is the first and the last filter", () => {
  const filters = [{ or: [{ "tag:a": "b" }, "modifyable"] }];
  expect(confinePolicies([policy({ filters, actions: ["delete"] })], bucket())).toEqual([
    policy({ filters: [only("Name", "one"), ...filters, only("Name", "one")], actions: ["delete"] }),
  ]);
});

test.each([undefined, null, []])("is all there is when the policy has the filters %j", (filters) => {
  expect(confinePolicies([policy({ filters })], bucket())[0]!.filters).toEqual([
    only("Name", "one"),
    only("Name", "one"),
  ]);
});

test.each<[string, string, Partial<FindingResource>, string, string]>([
  ["s3", "AWS::S3::Bucket", { id: "one" }, "Name", "one"],
  ["aws.ec2", "AWS::EC2::Instance", { id: "i-1" }, "InstanceId", "i-1"],
  ["aws.iam-user", "AWS::IAM::User", { id: "ann" }, "UserName", "ann"],
  ["aws.iam-user", "AWS::IAM::User", { id: "AIDA1", idAttribute: "UserId" }, "UserId", "AIDA1"],
  ["aws.security-group", "AWS::EC2::SecurityGroup", { id: "sg-1" }, "GroupId", "sg-1"],
  ["aws.rds", "AWS::RDS::DBInstance", { id: "db" }, "DBInstanceIdentifier", "db"],
  ["aws.rds", "AWS::RDS::DBInstance", { id: "db-A", idAttribute: "DbiResourceId" }, "DbiResourceId", "db-A"],
  ["aws.sns", "AWS::SNS::Topic", { id: "t", arn: "arn:aws:sns:a:1:t" }, "TopicArn", "arn:aws:sns:a:1:t"],
])("recognises %s, %s, %j by %s", (resource, type, changes, key, value) => {
  const [confined] = confinePolicies([policy({ resource })], bucket({ type, ...changes }));
  expect(confined!.filters![0]).toEqual(only(key, value));
});

test.each<[string, Partial<Policy>, Partial<FindingResource>, RegExp]>([
  [
    "a resource that it does not know",
    { resource: "aws.glue-job" },
    {},
    /^policy "protect": resources of the type "aws\.glue-job" cannot be confined to one: expected one of acm-certificate, .*scope "account"$/,
  ],
  ["an object's own property", { resource: "constructor" }, {}, /cannot be confined to one/],
  ["another provider", { resource: "azure.vm" }, {}, /cannot be confined to one/],
  [
    "another type of resource than the finding's",
    { resource: "aws.ec2" },
    {},
    /it is for AWS::EC2::Instance \(ec2\), the finding's resource is "AWS::S3::Bucket": the mapping selects the wrong policy$/,
  ],
  [
    "an id that is a variable of Cloud Custodian",
    {},
    { id: "logs-{account_id}" },
    /expected an id without braces, found "logs-\{account_id\}"/,
  ],
  [
    "a unique id that the type has not",
    {},
    { idAttribute: "UserId" },
    /AWS::S3::Bucket are not recognised by their UserId/,
  ],
  [
    "a resource without the ARN that it is recognised by",
    { resource: "aws.sns" },
    { type: "AWS::SNS::Topic" },
    /recognised by its ARN, which the finding does not have/,
  ],
])("refuses %s", (_, policyChanges, resourceChanges, message) => {
  expect(() => confinePolicies([policy(policyChanges)], bucket(resourceChanges))).toThrow(message);
});

test("refuses all policies of a file when one cannot be confined", () => {
  expect(() => confinePolicies([policy(), policy({ name: "other", resource: "aws.ec2" })], bucket())).toThrow(
    /^policy "other": /,
  );
});

test("removes the mode, with which Cloud Custodian would deploy a function", () => {
  const mode = { type: "cloudtrail", events: ["CreateBucket"] };
  expect(withoutMode([policy({ mode }), policy()])).toEqual([policy(), policy()]);
});

test("is in whatever policy there is, for whatever id, as a text in JSON", () => {
  const names = Object.keys(resourceTypes);
  const anyPolicy = fc.record({
    name: fc.string(),
    resource: fc.constant(""),
    filters: fc.option(fc.array(fc.oneof(fc.string(), fc.object())), { nil: undefined }),
    mode: fc.option(fc.object(), { nil: undefined }),
  });
  const anyId = fc
    .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("present", "not-null", "*", '"', "a: b", "\n- x"))
    .filter((id) => !/[{}]/.test(id));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(anyPolicy), anyId, anyId, (name, policies, id, arn) => {
      const { type, key, equals } = resourceTypes[name]!;
      const ofType = policies.map((each) => ({ ...each, resource: name }));
      const written = JSON.parse(
        JSON.stringify(confinePolicies(withoutMode(ofType), bucket({ type, id, arn }))),
      ) as Policy[];
      const filter = only(key, equals === "id" ? id : arn);
      expect(written).toHaveLength(policies.length);
      for (const [index, { filters, mode }] of written.entries()) {
        expect(filters).toEqual([
          filter,
          ...JSON.parse(JSON.stringify(policies[index]!.filters ?? [])),
          filter,
        ]);
        expect(mode).toBeUndefined();
      }
    }),
  );
});
