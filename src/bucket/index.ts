import { createHash } from "node:crypto";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { checkCommonInputs, checkKmsKeyArn } from "../core/common-inputs";
import { expression, tokenMarker } from "../core/expression";
import { sortedEntries, sortedValues } from "../core/maps";
import { type PolicyStatement, policy, trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, type RoleSettings, roleWith } from "../core/roles";
import { type Names, Twin } from "../core/twin";
import { checkKeys, typed } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkLiteral,
  checkMatches,
  checkNotEmpty,
  checkOneOf,
  isKnown,
  isToken,
} from "../core/validation";

/** Characters of a bucket policy (S3 User Guide: bucket policies and user policies, 20 KB). */
const MAX_POLICY_LENGTH = 20_480;

/** Storage classes that objects can move to, with the least age in days (S3 API reference: Transition). */
const minimumDays = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  INTELLIGENT_TIERING: 0,
  GLACIER_IR: 0,
  GLACIER: 0,
  DEEP_ARCHIVE: 0,
} as const;

/** A storage class of S3 that objects can move to. */
export type StorageClass = keyof typeof minimumDays;

/** An AWS service that has permission to put objects into a bucket on behalf of a resource. */
export interface BucketWriter {
  /** Service principal, for instance `logdelivery.elasticloadbalancing.amazonaws.com`. */
  readonly service: string;
  /** ARN of the resource that the service acts for. It may contain `*`. */
  readonly sourceArn: string;
}

/** Who gets objects of a bucket without credentials. */
export interface BucketReader {
  /** IDs of the VPC endpoints of S3 through which requests come, at least one. */
  readonly vpcEndpointIds: readonly string[];
  /** Keys, at least one pattern such as `public/*`. */
  readonly objects: readonly string[];
}

/** Another bucket, to which S3 replicates new objects. */
export interface Replication {
  /** ARN of the bucket, in this region or another. It must have versioning. */
  readonly bucketArn: string;
  /**
   * Storage class of the copies.
   * @default - that of the object
   */
  readonly storageClass?: StorageClass | "STANDARD";
  /**
   * ARN of the KMS key that encrypts the copies, in the region of that bucket. Give it exactly when the bucket has
   * `kmsKeyArn`.
   * @default - none; the copies are encrypted by the key that S3 manages
   */
  readonly kmsKeyArn?: string;
  /**
   * Whether an object that is deleted here is deleted there too, but for its versions.
   * @default false
   */
  readonly deleteMarkers?: boolean;
}

/** Settings of a {@link Bucket}. */
export interface BucketProps {
  /**
   * Prefix of the bucket's name: 1 to 37 lower-case letters, digits and hyphens, starting with a letter or digit (S3
   * allows 63 characters, and Terraform adds a unique suffix of 26; S3 User Guide: bucket naming rules).
   */
  readonly bucketPrefix: string;
  /**
   * Age in days at which an object expires, at least 1 (S3 API reference: LifecycleExpiration).
   * @default - never
   */
  readonly expirationDays?: number;
  /**
   * Storage classes that objects move to, each with the age in days at which they do. `STANDARD_IA` and `ONEZONE_IA` take
   * 30 days or more, the others 0 or more (S3 API reference: Transition), and objects expire later than they move.
   * @default - none; objects stay in S3 Standard
   */
  readonly transitions?: Readonly<Partial<Record<StorageClass, number>>>;
  /**
   * Prefixes of keys of temporary objects, such as `tmp/`: one day after such an object is overwritten or deleted, its
   * version is gone, and not after 30 days.
   * @default - none
   */
  readonly shortLivedPrefixes?: readonly string[];
  /**
   * Whether destroying the bucket also deletes the objects in it. If false, a bucket that is not empty cannot be
   * destroyed.
   * @default false
   */
  readonly forceDestroy?: boolean;
  /**
   * AWS services that have permission to put objects into the bucket, by a key of your choice.
   * @default - none; only principals whose own policy allows it can write
   */
  readonly writers?: Readonly<Record<string, BucketWriter>>;
  /**
   * Who gets objects without credentials, by a key of your choice. The bucket stays private to all others. S3 decrypts
   * objects of a KMS key for nobody without credentials, so this is not possible with `kmsKeyArn`.
   * @default - nobody
   */
  readonly readers?: Readonly<Record<string, BucketReader>>;
  /**
   * Objects of the bucket that are text, by key: 1 to 1024 characters (S3 API reference: PutObject). Each change is a new
   * version. Without `kmsKeyArn`, a plan also shows and undoes what others changed in them.
   * @default - none
   */
  readonly objects?: Readonly<Record<string, string>>;
  /**
   * Another bucket of the account, in this region or another, to which S3 replicates new objects. Objects that are here
   * already are not replicated.
   * @default - no replication
   */
  readonly replicateTo?: Replication;
  /**
   * ARN of the KMS key that encrypts the objects.
   * @default - the key that S3 manages (SSE-S3)
   */
  readonly kmsKeyArn?: string;
  /**
   * What your organisation requires of the IAM role with which S3 replicates.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_s3_bucket.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. The name of the
   * bucket replaces `bucketPrefix`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A private S3 bucket: encrypted, TLS only, versioned, without ACLs. A lifecycle rule deletes noncurrent versions after
 * 30 days and aborts incomplete multipart uploads after one day. Twin of the module `bucket`.
 *
 * @example
 * import { Bucket } from "cdktf-event-driven-ecs/bucket";
 * import { policy } from "cdktf-event-driven-ecs/policy";
 *
 * const uploads = new Bucket(this, "uploads", { bucketPrefix: "uploads-", expirationDays: 30 });
 * const readUploads = policy({
 *   Effect: "Allow",
 *   Action: "s3:GetObject",
 *   Resource: `${uploads.bucketArn}/*`,
 * });
 *
 * @throws ValidationError when a value is one that S3 refuses.
 */
export class Bucket extends Twin {
  /** Name of the bucket. A resource that refers to it is created after the bucket policy. */
  readonly bucketName: string;
  /** ARN of the bucket. */
  readonly bucketArn: string;

  constructor(scope: Construct, id: string, given: BucketProps) {
    super(scope, id);
    const props = typed(this, "bucket", withoutNulls(given));
    // S3 takes more characters in tags than IAM.
    checkCommonInputs(this, props.replicateTo === undefined ? "bucket" : "bucket with a role", props);
    checkReplication(this, props);
    checkMatches(
      this,
      "bucketPrefix",
      props.bucketPrefix,
      /^[a-z0-9][a-z0-9-]{0,36}$/,
      "it has 1 to 37 lower-case letters, digits and hyphens and starts with a letter or digit.",
    );
    checkInteger(
      this,
      "expirationDays",
      props.expirationDays,
      [1, Number.POSITIVE_INFINITY],
      "it takes whole numbers from 1.",
    );
    checkTransitions(this, props);
    checkReaders(this, props);
    checkPrefixes(this, props.shortLivedPrefixes);
    checkKeys(this, "objects", props.objects);
    for (const key of Object.keys(props.objects ?? {}))
      check(
        this,
        key.length >= 1 && key.length <= 1024,
        `objects has a key of ${key.length} characters; a key has 1 to 1024.`,
      );

    this.useNames(props.names);
    const bucketName = this.named("aws_s3_bucket.this");
    checkPolicySize(this, bucketName ?? `${props.bucketPrefix}${"0".repeat(26)}`, props);
    const { id: bucket, arn } = this.twin(
      "aws_s3_bucket.this",
      new S3Bucket(this, "bucket", {
        bucket: bucketName,
        bucketPrefix: bucketName === undefined ? props.bucketPrefix : undefined,
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

    const versioning = this.twin(
      "aws_s3_bucket_versioning.this",
      new S3BucketVersioningA(this, "versioning", { bucket, versioningConfiguration: { status: "Enabled" } }),
    );

    const encryption = this.twin(
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
            transition: transitionsOf(props),
            noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
            abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
          },
          // Of two rules S3 takes the earlier expiration.
          ...[...(props.shortLivedPrefixes ?? [])].sort().map((prefix) => ({
            id: `forget ${prefix}`,
            status: "Enabled",
            filter: [{ prefix }],
            noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
          })),
        ],
      }),
    );

    for (const [key, text] of sortedEntries(props.objects)) {
      const content = withoutTemplates(text);
      // Without tags: S3 takes 10 for an object, and 50 for the bucket.
      this.twin(
        `aws_s3_object.this["${key}"]`,
        new S3Object(this, `object-${key}`, {
          bucket,
          key,
          content,
          // With a KMS key the ETag is not the MD5 of the content.
          etag: props.kmsKeyArn === undefined ? md5(text) : undefined,
          // An object that is put before has no version, or not the key of the bucket.
          dependsOn: [versioning, encryption],
        }),
      );
    }

    const bucketPolicy = this.twin(
      "aws_s3_bucket_policy.this",
      new S3BucketPolicy(this, "policy", {
        bucket,
        policy: policyDocument(arn, props),
        // S3 refuses to change a policy and the public access block at the same time.
        dependsOn: [publicAccessBlock],
      }),
    );

    if (props.replicateTo !== undefined) this.replicate(props, props.replicateTo, bucket, arn, versioning);

    // Taken from the policy, so that a writer that gets this name already has permission to write.
    this.bucketName = bucketPolicy.bucket;
    this.bucketArn = arn;
    this.refuseUnknownNames();
  }

  private replicate(
    { bucketPrefix, kmsKeyArn, roles, tags }: BucketProps,
    to: Replication,
    bucket: string,
    bucketArn: string,
    versioning: S3BucketVersioningA,
  ): void {
    const roleAddress = 'aws_iam_role.replication["this"]';
    // Not Fn.trimsuffix, which writes a token within a longer text as [object Object].
    const prefix = isToken(bucketPrefix)
      ? Token.asString(expression`trimsuffix(${bucketPrefix}, "-")`)
      : bucketPrefix.replace(/-$/, "");
    const role = this.twin(
      roleAddress,
      new IamRole(this, "replication-role", {
        ...roleWith(this, roles, `${prefix}-replication`, this.named(roleAddress)),
        description: `Replication of the bucket ${bucketPrefix}.`,
        assumeRolePolicy: trust("s3.amazonaws.com"),
        tags,
      }),
    );
    const policyAddress = 'aws_iam_role_policy.replication["this"]';
    const rolePolicy = this.twin(
      policyAddress,
      new IamRolePolicy(this, "replication-policy", {
        name: this.named(policyAddress) ?? "replicate",
        role: role.name,
        policy: policy(...allowReplication(bucketArn, kmsKeyArn, to)),
      }),
    );
    this.twin(
      'aws_s3_bucket_replication_configuration.this["this"]',
      new S3BucketReplicationConfigurationA(this, "replication", {
        bucket,
        role: role.arn,
        rule: [
          {
            id: "all",
            status: "Enabled",
            priority: 1,
            filter: {},
            deleteMarkerReplication: { status: to.deleteMarkers ? "Enabled" : "Disabled" },
            sourceSelectionCriteria:
              to.kmsKeyArn === undefined ? undefined : { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
              bucket: to.bucketArn,
              storageClass: to.storageClass,
              encryptionConfiguration:
                to.kmsKeyArn === undefined ? undefined : { replicaKmsKeyId: to.kmsKeyArn },
            },
          },
        ],
        // S3 replicates versions only, and checks at once that the role exists.
        dependsOn: [versioning, rolePolicy],
      }),
    );
  }
}

/** What S3 does with the role: read versions here, and write copies there. */
const allowReplication = (
  bucketArn: string,
  kmsKeyArn: string | undefined,
  to: Replication,
): PolicyStatement[] => [
  { Effect: "Allow", Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: bucketArn },
  {
    Effect: "Allow",
    Action: ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
    Resource: `${bucketArn}/*`,
  },
  {
    Effect: "Allow",
    Action: ["s3:ReplicateObject", "s3:ReplicateTags", ...(to.deleteMarkers ? ["s3:ReplicateDelete"] : [])],
    Resource: `${to.bucketArn}/*`,
  },
  ...(kmsKeyArn === undefined
    ? []
    : [{ Effect: "Allow", Action: "kms:Decrypt", Resource: kmsKeyArn } as const]),
  ...(to.kmsKeyArn === undefined
    ? []
    : [{ Effect: "Allow", Action: "kms:Encrypt", Resource: to.kmsKeyArn } as const]),
];

function checkReplication(scope: Construct, { replicateTo, kmsKeyArn, roles }: BucketProps): void {
  checkRoles(scope, roles);
  if (replicateTo === undefined) return;
  checkMatches(
    scope,
    "replicateTo.bucketArn",
    replicateTo.bucketArn,
    /^arn:[^:]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'it takes the ARN of a bucket, such as "arn:aws:s3:::copies".',
  );
  checkOneOf(scope, "replicateTo.storageClass", replicateTo.storageClass, [
    "STANDARD",
    ...Object.keys(minimumDays),
  ]);
  checkKmsKeyArn(scope, "replicateTo.kmsKeyArn", replicateTo.kmsKeyArn);
  const given = (arn: string | undefined) => (arn === undefined ? "absent" : "given");
  check(
    scope,
    (kmsKeyArn === undefined) === (replicateTo.kmsKeyArn === undefined),
    `replicateTo.kmsKeyArn is ${given(replicateTo.kmsKeyArn)} and kmsKeyArn is ${given(kmsKeyArn)}; S3 encrypts the copies of objects with a KMS key by a key in the region of the other bucket, so give both or neither.`,
  );
}

const transitionsOf = ({ transitions }: BucketProps) => {
  const entries = sortedEntries(transitions as Readonly<Record<string, number>> | undefined);
  return entries.length === 0 ? undefined : entries.map(([storageClass, days]) => ({ storageClass, days }));
};

function checkTransitions(scope: Construct, { transitions = {}, expirationDays }: BucketProps): void {
  checkKeys(scope, "transitions", transitions);
  const classes = Object.keys(minimumDays);
  for (const [storageClass, days] of Object.entries(transitions)) {
    check(
      scope,
      classes.includes(storageClass),
      `transitions has "${storageClass}"; objects move to ${classes.map((name) => `"${name}"`).join(", ")}.`,
    );
    const minimum = minimumDays[storageClass as StorageClass];
    checkInteger(
      scope,
      `transitions.${storageClass}`,
      days,
      [minimum, Number.POSITIVE_INFINITY],
      `it takes whole numbers from ${minimum}.`,
    );
    const message = `transitions.${storageClass} is ${days}, and expirationDays is ${expirationDays}; objects expire later than they move.`;
    if (isKnown(days) && isKnown(expirationDays)) check(scope, days < expirationDays!, message);
    else if (expirationDays !== undefined)
      checkAtPlan(scope, [days, expirationDays], expression`${days} < ${expirationDays}`, message);
  }
}

/** Text whose `${` and `%{` Terraform writes as they are. Tokens stay tokens. */
const withoutTemplates = (text: string): string =>
  text
    .split(tokenMarker)
    .map((part) => (tokenMarker.test(part) ? part : part.replace(/[$%](?=\{)/g, "$&$&")))
    .join("");

const md5 = (text: string): string =>
  isToken(text) ? Fn.md5(text) : createHash("md5").update(text).digest("hex");

type Allowed = Pick<BucketProps, "writers" | "readers">;

const policyDocument = (bucketArn: string, { writers, readers }: Allowed): string =>
  policy(
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...sortedValues(writers).map((writer) => allowWriter(writer, bucketArn)),
    ...sortedValues(readers).map((reader) => allowReader(reader, bucketArn)),
  );

/**
 * Throws when the policy is larger than S3 allows. The ARN of the bucket is not known, but its length: Terraform's suffix
 * has 26 characters, `aws` is the shortest partition.
 */
function checkPolicySize(scope: Construct, name: string, { writers = {}, readers = {} }: Allowed): void {
  const document = policyDocument(`arn:aws:s3:::${name}`, { writers, readers });
  const message = (length: string | number) =>
    `writers has ${Object.keys(writers).length} entries and readers has ${Object.keys(readers).length}, with which the bucket policy has ${length} characters; S3 takes at most ${MAX_POLICY_LENGTH}. Make one of several writers of a service: a sourceArn may contain *.`;
  if (!isToken(document)) check(scope, document.length <= MAX_POLICY_LENGTH, message(document.length));
  else
    checkAtPlan(
      scope,
      [document],
      expression`length(${document}) <= ${MAX_POLICY_LENGTH}`,
      message(`more than ${MAX_POLICY_LENGTH}`),
    );
}

const allowWriter = (writer: BucketWriter, bucketArn: string): PolicyStatement => ({
  Effect: "Allow",
  Principal: { Service: writer.service },
  Action: "s3:PutObject",
  Resource: `${bucketArn}/*`,
  Condition: { ArnLike: { "aws:SourceArn": writer.sourceArn } },
});

const allowReader = ({ objects, vpcEndpointIds }: BucketReader, bucketArn: string): PolicyStatement => ({
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: objects.map((key) => `${bucketArn}/${key}`),
  Condition: { StringEquals: { "aws:SourceVpce": vpcEndpointIds } },
});

function checkReaders(scope: Construct, { readers = {}, kmsKeyArn }: BucketProps): void {
  checkKeys(scope, "readers", readers);
  for (const [key, { vpcEndpointIds, objects }] of Object.entries(readers)) {
    const ids = `readers.${key}.vpcEndpointIds`;
    const idsAllowed = 'each takes at least one ID of a VPC endpoint, such as "vpce-0a1b2c3d4e5f60718".';
    checkNotEmpty(scope, ids, vpcEndpointIds, idsAllowed);
    if (!isToken(vpcEndpointIds))
      for (const id of vpcEndpointIds) checkMatches(scope, ids, id, /^vpce-[0-9a-f]+$/, idsAllowed);
    const keysAllowed =
      'each takes at least one pattern of keys, of 1 to 1024 characters, such as "public/*".';
    checkLiteral(scope, `readers.${key}.objects`, objects, "decides what is public");
    check(scope, objects.length > 0, `readers.${key}.objects is empty; ${keysAllowed}`);
    for (const pattern of objects)
      check(
        scope,
        !isKnown(pattern) || (pattern.length >= 1 && pattern.length <= 1024),
        `readers.${key}.objects has a pattern of ${pattern.length} characters; ${keysAllowed}`,
      );
  }
  check(
    scope,
    Object.keys(readers).length === 0 || kmsKeyArn === undefined,
    `readers has ${Object.keys(readers).join(", ")}, and kmsKeyArn is given; S3 decrypts objects of a KMS key for nobody without credentials. Leave out kmsKeyArn: the key that S3 manages encrypts the objects.`,
  );
}

function checkPrefixes(scope: Construct, prefixes: readonly string[] = []): void {
  checkLiteral(scope, "shortLivedPrefixes", prefixes, "decides which rules exist");
  check(
    scope,
    prefixes.every((prefix) => !isKnown(prefix) || (prefix.length >= 1 && prefix.length <= 1024)) &&
      new Set(prefixes).size === prefixes.length,
    `shortLivedPrefixes is ${JSON.stringify(prefixes)}; it takes different prefixes of 1 to 1024 characters, such as "tmp/".`,
  );
}
