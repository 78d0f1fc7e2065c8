import { Repository, type RepositoryProps } from "../../src/repository";
import { only, synthesize } from "./synth";

const repository = (props: Partial<RepositoryProps> = {}) =>
  synthesize((stack) => new Repository(stack, "worker", { name: "engines/worker", ...props }));

test("has immutable tags, and scans what is pushed", () => {
  expect(only(repository(), "aws_ecr_repository")).toMatchObject({
    image_tag_mutability: "IMMUTABLE",
    image_scanning_configuration: { scan_on_push: true },
    force_delete: false,
  });
});

test("allows other accounts to pull and nothing else", () => {
  const { policy } = only(repository({ pullAccountIds: ["111122223333"] }), "aws_ecr_repository_policy");
  expect(policy).toContain("iam::111122223333:root");
  expect(policy).toContain(
    '["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]',
  );
  expect(repository().aws_ecr_repository_policy).toBeUndefined();
});

test("writes the replication configuration of the registry only when asked to", () => {
  expect(repository().aws_ecr_replication_configuration).toBeUndefined();
  const made = only(repository({ replicateToRegions: ["eu-west-1"] }), "aws_ecr_replication_configuration");
  expect(made).toMatchObject({
    replication_configuration: { rule: [{ destination: [{ region: "eu-west-1" }] }] },
  });
});

test.each<[Partial<RepositoryProps>, string]>([
  [{ name: "Worker" }, 'name is "Worker"; a repository\'s name has 2 to 256 lower-case letters'],
  [{ name: "w" }, 'name is "w"; a repository\'s name has 2 to 256 lower-case letters'],
  [{ name: "a//b" }, 'name is "a//b"; a repository\'s name has'],
  [{ untaggedExpirationDays: 0 }, "untaggedExpirationDays is 0; it takes whole numbers from 1."],
  [{ keepImages: 1.5 }, "keepImages is 1.5; it takes whole numbers from 1."],
  [{ pullAccountIds: ["1"] }, 'pullAccountIds is "1"; the ID of an AWS account has 12 digits.'],
  [{ replicateToRegions: ["EU"] }, 'replicateToRegions is "EU"; a region is named like "eu-west-1".'],
  [
    { replicateToRegions: Array.from({ length: 26 }, (_, index) => `eu-west-${index}`) },
    "replicateToRegions has 26 regions; the AWS provider takes at most 25.",
  ],
  [{ kmsKeyArn: "alias/key" }, 'kmsKeyArn is "alias/key"; it takes the ARN of a KMS key'],
])("refuses %j", (props, message) => {
  expect(() => repository(props)).toThrow(message);
});
