import { createHash } from "node:crypto";
import { createWorld, policyBucket, policyText, testEvent } from "./world";

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
