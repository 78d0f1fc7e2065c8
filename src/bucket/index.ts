import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { Construct } from "constructs";
import { sortedValues } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { Twin } from "../core/twin";
import { check, checkMatches, isKnown } from "../core/validation";

/** An AWS service that may put objects into a bucket on behalf of a resource. */
export interface BucketWriter {
  /** Service principal, for instance `logdelivery.elasticloadbalancing.amazonaws.com`. */
  readonly service: string;
  /** ARN of the resource it acts for; `*` may stand in it. */
  readonly sourceArn: string;
}

export interface BucketProps {
  /**
   * Start of the bucket's name, to which a unique end is added: 3 to 37 lower-case letters, digits and hyphens,
   * starting with a letter or digit.
   */
  readonly bucketPrefix: string;
  /**
   * Days after which an object expires: at least 1.
   * @default - never
   */
  readonly expirationDays?: number;
  /**
   * Whether destroying the bucket destroys the objects in it. Without it a bucket that is not empty cannot be
   * destroyed.
   * @default false
   */
  readonly forceDestroy?: boolean;
  /**
   * AWS services that may put objects here, by a key of your choice.
   * @default - only identities whose own policy allows it
   */
  readonly writers?: Readonly<Record<string, BucketWriter>>;
  /**
   * ARN of the KMS key that encrypts the objects.
   * @default - the key that S3 manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A private S3 bucket: encrypted, TLS only, versioned, without ACLs, old versions and broken uploads cleared away.
 * Twin of the module `bucket`.
 *
 * @throws ValidationError when a value is one that S3 refuses.
 */
export class Bucket extends Twin {
  readonly bucketName: string;
  readonly bucketArn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    checkMatches(
      this,
      "bucketPrefix",
      props.bucketPrefix,
      /^[a-z0-9][a-z0-9-]{2,36}$/,
      "it has 3 to 37 lower-case letters, digits and hyphens and starts with a letter or digit.",
    );
    if (isKnown(props.expirationDays)) {
      check(
        this,
        props.expirationDays! >= 1,
        `expirationDays is ${props.expirationDays}; it must be at least 1.`,
      );
    }

    const { id: bucket, arn } = this.twin(
      "aws_s3_bucket.this",
      new S3Bucket(this, "bucket", {
        bucketPrefix: props.bucketPrefix,
        forceDestroy: props.forceDestroy ?? false,
        tags: props.tags,
      }),
    );

    const publicAccessBlock = this.twin(
      "aws_s3_bucket_public_access_block.this",
      new S3BucketPublicAccessBlock(this, "public-access-block", {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
    );

    this.twin(
      "aws_s3_bucket_ownership_controls.this",
      new S3BucketOwnershipControls(this, "ownership-controls", {
        bucket,
        rule: { objectOwnership: "BucketOwnerEnforced" },
      }),
    );

    this.twin(
      "aws_s3_bucket_versioning.this",
      new S3BucketVersioningA(this, "versioning", { bucket, versioningConfiguration: { status: "Enabled" } }),
    );

    this.twin(
      "aws_s3_bucket_server_side_encryption_configuration.this",
      new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
        bucket,
        rule: [
          {
            bucketKeyEnabled: true,
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: props.kmsKeyArn === undefined ? "AES256" : "aws:kms",
              kmsMasterKeyId: props.kmsKeyArn,
            },
          },
        ],
      }),
    );

    this.twin(
      "aws_s3_bucket_lifecycle_configuration.this",
      new S3BucketLifecycleConfiguration(this, "lifecycle", {
        bucket,
        rule: [
          {
            id: "expire",
            status: "Enabled",
            filter: [{}],
            expiration: props.expirationDays === undefined ? undefined : [{ days: props.expirationDays }],
            noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
            abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
          },
        ],
      }),
    );

    const bucketPolicy = this.twin(
      "aws_s3_bucket_policy.this",
      new S3BucketPolicy(this, "policy", {
        bucket,
        policy: policy(
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
          ...sortedValues(props.writers).map((writer) => mayWrite(writer, arn)),
        ),
        // S3 refuses to change a policy and the public access block at the same time.
        dependsOn: [publicAccessBlock],
      }),
    );

    // By way of the policy: who is given the bucket may write to it, if a writer, from the start.
    this.bucketName = bucketPolicy.bucket;
    this.bucketArn = arn;
  }
}

const mayWrite = (writer: BucketWriter, bucketArn: string): PolicyStatement => ({
  Effect: "Allow",
  Principal: { Service: writer.service },
  Action: "s3:PutObject",
  Resource: `${bucketArn}/*`,
  Condition: { ArnLike: { "aws:SourceArn": writer.sourceArn } },
});
