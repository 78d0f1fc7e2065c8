import type { BottleSyncProps } from "../../../src/systems/bottle-sync";
import type { HomebrewAddress } from "../../demo/bottle-sync/settings";

/** The hash file of another mirror, in a bucket that is encrypted with a customer managed key. */
export const externalHashFile = { bucket: "mutation-other-mirror", key: "bottles_hash.json" };

/** Above it a task downloads, in bytes: more than one of the large bottles, and less than two. */
export const thresholdBytes = 0.02 * 1024 ** 3;

/** Between two invocations by the schedule. By a rate it would begin with one at once. */
export const scheduleHours = 12;

/** A bottle sync with all features that require permissions. */
export const props = ({ catalogueUrl, apiUrl, publicKey }: HomebrewAddress): BottleSyncProps => ({
  name: "bottles",
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/bottles-worker:1",
  platforms: ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma", "x86_64_linux"],
  catalogueUrl,
  api: { url: apiUrl, publicKey },
  scheduleExpression: `cron(0 0/${scheduleHours} * * ? *)`,
  sizeThresholdGb: thresholdBytes / 1024 ** 3,
  retentionDays: 1,
  externalHashFile: { ...externalHashFile, kmsKeyArn: "${aws_kms_key.other_mirror.arn}" },
  mirrorBucket: { forceDestroy: true },
  onFailure: { action: "retry", maxAttempts: 2, backoffSeconds: 1 },
  createNetwork: false,
  existingNetwork: { vpcId: "${aws_vpc.this.id}", subnets: { a: "${aws_subnet.a.id}" } },
  createMonitoring: false,
});

/** What is there beside the bottle sync, as in Terraform's JSON. */
export const resources = {
  aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
  aws_subnet: { a: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.10.0/24" } },
  aws_kms_key: { other_mirror: {} },
  aws_s3_bucket: { other_mirror: { bucket: externalHashFile.bucket } },
  aws_s3_bucket_server_side_encryption_configuration: {
    other_mirror: {
      bucket: "${aws_s3_bucket.other_mirror.id}",
      rule: {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: "${aws_kms_key.other_mirror.arn}",
        },
      },
    },
  },
};
