import { sessionPolicyFor } from "../../../worker/jobs/run-policy/member-account";

const bucket = (arn?: string) =>
  sessionPolicyFor({
    type: "AWS::S3::Bucket",
    id: "one",
    account: "111122223333",
    region: "eu-west-1",
    ...(arn !== undefined && { arn }),
  });

test("leaves changes of the resource, and reading in its service", () => {
  expect(bucket("arn:aws:s3:::one")).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:*", Resource: ["arn:aws:s3:::one", "arn:aws:s3:::one/*"] },
      { Effect: "Allow", Action: ["s3:Describe*", "s3:Get*", "s3:List*", "tag:Get*"], Resource: "*" },
    ],
  });
});

test("needs an ARN", () => {
  expect(() => bucket()).toThrow(/has no ARN, to which the session could be confined$/);
});

test.each(["*", "arn:aws:s3:::*", "arn:aws:s3:::on?", "arn:aws:s3:::${aws:username}"])(
  "refuses %s, which stands for other resources",
  (arn) => {
    expect(() => bucket(arn)).toThrow(/^expected the ARN of one resource in another account, found "/);
  },
);
