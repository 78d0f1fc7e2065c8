import { createHash } from "node:crypto";
import { TerraformVariable } from "cdktf";
import { Bucket, type BucketProps } from "../../src/bucket";
import { evaluate } from "../local/permissions";
import { resolvedPolicy } from "./role-policies";
import { only, synthesize } from "./synth";

const bucket = (props: Partial<BucketProps> = {}) =>
  synthesize((stack) => new Bucket(stack, "data", { bucketPrefix: "data-", ...props }));

const copies = { bucketArn: "arn:aws:s3:::copies" };
const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

test("objects expire only when expirationDays is given", () => {
  const rules = (props: Partial<BucketProps>) =>
    only(bucket(props), "aws_s3_bucket_lifecycle_configuration").rule as { expiration?: unknown }[];
  expect(rules({})[0]).not.toHaveProperty("expiration");
  expect(rules({ expirationDays: 7 })[0]!.expiration).toEqual([{ days: 7 }]);
});

test("objects move to the storage classes of transitions, and nowhere by default", () => {
  const [rule] = only(
    bucket({ transitions: { GLACIER: 90, STANDARD_IA: 30 } }),
    "aws_s3_bucket_lifecycle_configuration",
  ).rule as { transition?: unknown }[];
  expect(rule!.transition).toEqual([
    { days: 90, storage_class: "GLACIER" },
    { days: 30, storage_class: "STANDARD_IA" },
  ]);
  const [plain] = only(bucket(), "aws_s3_bucket_lifecycle_configuration").rule as object[];
  expect(plain).not.toHaveProperty("transition");
});

test("the policy allows each named writer to put objects on behalf of its resource", () => {
  const writer = {
    service: "logdelivery.elasticloadbalancing.amazonaws.com",
    sourceArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/*",
  };
  const { policy } = only(bucket({ writers: { writer } }), "aws_s3_bucket_policy") as { policy: string };
  expect(policy).toContain(`"Condition":{"ArnLike":{"aws:SourceArn":"${writer.sourceArn}"}}`);
  expect(policy).toContain(`"Principal":{"Service":"${writer.service}"}`);
  expect(only(bucket(), "aws_s3_bucket_policy").policy).not.toContain("Allow");
});

test("the policy lets each reader get its objects through its endpoints, and not with a KMS key", () => {
  const reader = { vpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"], objects: ["v2/*"] };
  const { policy } = only(bucket({ readers: { reader } }), "aws_s3_bucket_policy") as { policy: string };
  expect(policy).toContain(`"Condition":{"StringEquals":{"aws:SourceVpce":["vpce-0a1b2c3d4e5f60718"]}}`);
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  expect(() => bucket({ readers: { reader }, kmsKeyArn })).toThrow(
    "readers has reader, and kmsKeyArn is given; S3 decrypts objects of a KMS key for nobody without credentials.",
  );
});

test("puts each object as it is, after the versioning and the encryption of the bucket", () => {
  const objects = { "policies/s3.yml": "policies: []\n# ${account} %{if}\n" };
  const { content, depends_on, etag } = only(bucket({ objects }), "aws_s3_object");
  expect(content).toBe("policies: []\n# $${account} %%{if}\n");
  expect(etag).toBe(createHash("md5").update(objects["policies/s3.yml"]).digest("hex"));
  expect(depends_on).toEqual([
    expect.stringContaining("aws_s3_bucket_versioning."),
    expect.stringContaining("aws_s3_bucket_server_side_encryption_configuration."),
  ]);
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  expect(only(bucket({ objects, kmsKeyArn }), "aws_s3_object").etag).toBeUndefined();
});

test("refuses a key that is too long", () => {
  expect(() => bucket({ objects: { ["k".repeat(1025)]: "" } })).toThrow(
    "objects has a key of 1025 characters; a key has 1 to 1024.",
  );
});

test.each<[Partial<BucketProps>, string]>([
  [{ bucketPrefix: "Data-" }, 'bucketPrefix is "Data-"; it has 1 to 37 lower-case letters'],
  [
    { readers: { builds: { vpcEndpointIds: [], objects: ["v2/*"] } } },
    "readers.builds.vpcEndpointIds is empty; each takes at least one ID of a VPC endpoint",
  ],
  [
    { readers: { builds: { vpcEndpointIds: ["vpc-0a1b"], objects: ["v2/*"] } } },
    'readers.builds.vpcEndpointIds is "vpc-0a1b"; each takes at least one ID of a VPC endpoint',
  ],
  [
    { readers: { builds: { vpcEndpointIds: ["vpce-0a1b"], objects: [] } } },
    "readers.builds.objects is empty; each takes at least one pattern of keys",
  ],
  [
    { shortLivedPrefixes: ["tmp/", "tmp/"] },
    'shortLivedPrefixes is ["tmp/","tmp/"]; it takes different prefixes of 1 to 1024 characters',
  ],
  [{ expirationDays: 0 }, "expirationDays is 0; it takes whole numbers from 1."],
  [
    { transitions: { COLD: 30 } as BucketProps["transitions"] },
    'transitions has "COLD"; objects move to "STANDARD_IA", "ONEZONE_IA",',
  ],
  [{ transitions: { toString: 30 } as BucketProps["transitions"] }, 'transitions has "toString";'],
  [{ transitions: { GLACIER: null } as never }, "transitions.GLACIER is null; it takes a number."],
  [{ transitions: { STANDARD_IA: 29 } }, "transitions.STANDARD_IA is 29; it takes whole numbers from 30."],
  [{ transitions: { GLACIER: -1 } }, "transitions.GLACIER is -1; it takes whole numbers from 0."],
  [
    { transitions: { GLACIER: 90 }, expirationDays: 90 },
    "transitions.GLACIER is 90, and expirationDays is 90; objects expire later than they move.",
  ],
  [
    { replicateTo: { bucketArn: "copies" } },
    'replicateTo.bucketArn is "copies"; it takes the ARN of a bucket, such as "arn:aws:s3:::copies".',
  ],
  [
    { replicateTo: { ...copies, storageClass: "COLD" as "GLACIER" } },
    'replicateTo.storageClass is "COLD"; allowed are "STANDARD", "STANDARD_IA",',
  ],
  [{ replicateTo: { ...copies, kmsKeyArn: "alias/copies" } }, 'replicateTo.kmsKeyArn is "alias/copies"'],
  [
    { replicateTo: { ...copies, kmsKeyArn } },
    "replicateTo.kmsKeyArn is given and kmsKeyArn is absent; S3 encrypts the copies",
  ],
  [{ replicateTo: copies, kmsKeyArn }, "replicateTo.kmsKeyArn is absent and kmsKeyArn is given;"],
  [{ replicateTo: copies, tags: { a: "b<c" } }, 'tags has "a" = "b<c"; AWS takes keys'],
  [{ replicateTo: copies, roles: { namePrefix: "a".repeat(49) } }, "an IAM role name has at most 64."],
])("refuses %j with the value found and the values allowed", (props, message) => {
  expect(() => bucket(props)).toThrow(message);
});

test("refuses a bucket policy that is larger than S3 allows, with tokens by a precondition", () => {
  const writers = (count: number, sourceArn: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `writer-${index}`,
        { service: "delivery.logs.amazonaws.com", sourceArn: `${sourceArn}-${index}` },
      ]),
    );
  const sourceArn = "arn:aws:logs:eu-west-1:123456789012:log-group:engines";
  expect(() => bucket({ writers: writers(80, sourceArn) })).toThrow(
    /^writers has 80 entries and readers has 0, with which the bucket policy has 2\d{4} characters; S3 takes at most 20480\./,
  );
  expect(() => bucket({ writers: writers(60, sourceArn) })).not.toThrow();
  const resources = synthesize((stack) => {
    const variable = new TerraformVariable(stack, "arn", { type: "string" });
    new Bucket(stack, "data", { bucketPrefix: "data-", writers: writers(2, variable.stringValue) });
  });
  expect(JSON.stringify(resources)).toContain("S3 takes at most 20480.");
});

describe("with replicateTo", () => {
  test("waits for versioning and the permissions of the role", () => {
    const made = bucket({ replicateTo: copies });
    expect(only(made, "aws_s3_bucket_replication_configuration").depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_versioning\./),
      expect.stringMatching(/^aws_iam_role_policy\./),
    ]);
    expect(bucket()).not.toHaveProperty("aws_iam_role");
  });

  test("takes tags of S3 only, without it, that IAM refuses", () => {
    expect(() => bucket({ tags: { a: "b<c" } })).not.toThrow();
  });

  test("the role reads this bucket and replicates to the other one, as evaluated by IAM", async () => {
    const made = bucket({ replicateTo: copies });
    const role = {
      roleArn: "arn:aws:iam::123456789012:role/data-replication",
      documents: [
        {
          name: "replicate",
          policy: resolvedPolicy(made, String(only(made, "aws_iam_role_policy").policy)),
        },
      ],
    };
    const here = "arn:aws:s3:::data-1/a";
    const there = "arn:aws:s3:::copies/a";
    expect(await evaluate(role, "s3:GetObjectVersionForReplication", here, {})).toBe("Allowed");
    expect(await evaluate(role, "s3:GetObjectVersionForReplication", there, {})).toBe("ImplicitlyDenied");
    expect(await evaluate(role, "s3:ReplicateObject", there, {})).toBe("Allowed");
    expect(await evaluate(role, "s3:ReplicateObject", here, {})).toBe("ImplicitlyDenied");
    expect(await evaluate(role, "s3:ReplicateDelete", there, {})).toBe("ImplicitlyDenied");
    expect(await evaluate(role, "s3:PutObject", there, {})).toBe("ImplicitlyDenied");
  });
});
