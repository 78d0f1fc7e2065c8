import type { DataScannerProps } from "../../../src/systems/data-scanner";

/** Name of a bucket that exists beside the data scanner and is encrypted with a customer managed key. */
export const encryptedBucket = "mutation-encrypted";

/** A data scanner with all features that require permissions. */
export const props: DataScannerProps = {
  name: "scanner",
  createNetwork: false,
  existingNetwork: {
    vpcId: "${aws_vpc.this.id}",
    subnetIds: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
  },
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/scanner-worker:1",
  scanBucketNames: [encryptedBucket],
  scanBucketKmsKeyArns: ["${aws_kms_key.bucket.arn}"],
  dataBucket: {
    forceDestroy: true,
    replicateTo: { bucketArn: "${aws_s3_bucket.copies.arn}", deleteMarkers: true },
  },
  database: { deletionProtection: false, finalSnapshot: false },
  createMonitoring: false,
};

/** What is there beside the data scanner, as in Terraform's JSON. */
export const resources = {
  aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
  aws_subnet: {
    a: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.10.0/24", availability_zone: "us-east-1a" },
    b: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.11.0/24", availability_zone: "us-east-1b" },
  },
  aws_kms_key: { bucket: {} },
  aws_s3_bucket: { encrypted: { bucket: encryptedBucket }, copies: { bucket: "mutation-copies" } },
  aws_s3_bucket_versioning: {
    copies: { bucket: "${aws_s3_bucket.copies.id}", versioning_configuration: { status: "Enabled" } },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    encrypted: {
      bucket: "${aws_s3_bucket.encrypted.id}",
      rule: {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: "${aws_kms_key.bucket.arn}",
        },
      },
    },
  },
};
