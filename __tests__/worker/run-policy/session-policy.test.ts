import type { FindingResource } from "../../../container-contract/policy-run";
import { sessionPolicyFor } from "../../../worker/jobs/run-policy/session-policy";

const account = "111122223333";
const policyFor = (type: string, id: string, more: Partial<FindingResource> = {}) =>
  sessionPolicyFor({ type, id, account, region: "eu-west-1", ...more }, "aws");

test("leaves changes of the resource, and reading in its service", () => {
  expect(policyFor("AWS::S3::Bucket", "one")).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:*", Resource: ["arn:aws:s3:::one", "arn:aws:s3:::one/*"] },
      { Effect: "Allow", Action: ["s3:Describe*", "s3:Get*", "s3:List*", "tag:Get*"], Resource: "*" },
    ],
  });
});

test.each<[string, string, Partial<FindingResource>, string[]]>([
  ["AWS::EC2::Instance", "i-1", {}, [`arn:aws:ec2:eu-west-1:${account}:instance/i-1`]],
  ["AWS::EC2::SecurityGroup", "sg-1", {}, [`arn:aws:ec2:eu-west-1:${account}:security-group/sg-1`]],
  ["AWS::RDS::DBInstance", "db", {}, [`arn:aws:rds:eu-west-1:${account}:db:db`]],
  ["AWS::IAM::User", "ann", {}, [`arn:aws:iam::${account}:user/ann`, `arn:aws:iam::${account}:user/*/ann`]],
  ["AWS::SQS::Queue", "jobs", {}, [`arn:aws:sqs:eu-west-1:${account}:jobs`]],
  ["AWS::CloudFront::Distribution", "E1", {}, [`arn:aws:cloudfront::${account}:distribution/E1`]],
  ["AWS::ApiGateway::RestApi", "a1", {}, ["arn:aws:apigateway:eu-west-1::/restapis/a1"]],
  [
    "AWS::RDS::DBInstance",
    "db-ABC",
    { idAttribute: "DbiResourceId", arn: `arn:aws:rds:eu-west-1:${account}:db:one` },
    [`arn:aws:rds:eu-west-1:${account}:db:one`],
  ],
  [
    "AWS::SNS::Topic",
    "topic",
    { arn: `arn:aws:sns:eu-west-1:${account}:topic` },
    [`arn:aws:sns:eu-west-1:${account}:topic`],
  ],
  // A finding's ARN can be that of an object, or of another bucket.
  ["AWS::S3::Bucket", "one", { arn: "arn:aws:s3:::two/object" }, ["arn:aws:s3:::one", "arn:aws:s3:::one/*"]],
])("confines to the %s %s, %j", (type, id, more, Resource) => {
  expect(policyFor(type, id, more)).toMatchObject({ Statement: [{ Resource }, {}] });
});

test.each<[string, string, Partial<FindingResource>]>([
  ["AWS::SNS::Topic", "topic", {}],
  ["AWS::IAM::User", "AIDA1", { idAttribute: "UserId" }],
])("needs an ARN for %s %s, %j", (type, id, more) => {
  expect(() => policyFor(type, id, more)).toThrow(/has no ARN, to which the session could be confined$/);
});

test.each<[string, Partial<FindingResource>]>([
  ["*", {}],
  ["on?", {}],
  ["${aws:username}", {}],
  ["one", { arn: "arn:aws:s3:::*" }],
])("refuses %s %j, which stands for other resources", (id, more) => {
  expect(() => policyFor("AWS::S3::Bucket", id, more)).toThrow(
    /^expected the id and ARN of one resource in another account, found "/,
  );
});
