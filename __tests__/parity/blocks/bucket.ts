import { Bucket, type BucketProps } from "../../../src/bucket";
import { block } from "./block";
import { everyName } from "./names";

const everything: BucketProps = {
  bucketPrefix: "everything-",
  expirationDays: 400,
  transitions: { DEEP_ARCHIVE: 200, STANDARD_IA: 30 },
  forceDestroy: true,
  shortLivedPrefixes: ["tmp/", "drafts/"],
  writers: {
    load_balancer: {
      service: "logdelivery.elasticloadbalancing.amazonaws.com",
      sourceArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/all/*",
    },
    another: {
      service: "delivery.logs.amazonaws.com",
      sourceArn: "arn:aws:logs:us-east-1:123456789012:*",
    },
  },
  objects: {
    "policies/s3.yml": "policies: []\n",
    "odd/ key <&>.txt": 'a "quoted" \\ text\nof $TWO lines é',
  },
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  tags: { team: "platform" },
};

const replicateTo = {
  bucketArn: "arn:aws:s3:::copies.of-everything",
  storageClass: "GLACIER_IR" as const,
  kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  deleteMarkers: true,
};
const withReplication: BucketProps = { ...everything, replicateTo };

export const bucket = block({
  module: "bucket",
  construct: Bucket,
  settings: {
    defaults: { bucketPrefix: "plain-" },
    everything,
    named: { ...withReplication, bucketPrefix: "named-", names: everyName(Bucket, withReplication) },
    replicated: { ...withReplication, bucketPrefix: "replicated-" },
    objects: { bucketPrefix: "objects-", objects: everything.objects },
    read: {
      bucketPrefix: "read-",
      readers: {
        offices: {
          vpcEndpointIds: ["vpce-0a1b2c3d4e5f60718", "vpce-1a1b2c3d4e5f60718"],
          objects: ["v2/*", "api/*"],
        },
        builds: { vpcEndpointIds: ["vpce-2a1b2c3d4e5f60718"], objects: ["*"] },
      },
    },
    odd: {
      bucketPrefix: "0-a",
      expirationDays: 1,
      // Local AWS reads back only what this replication has.
      replicateTo: { bucketArn: "arn:aws:s3:::copies" },
      roles: {
        permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
        path: "/engines/",
        namePrefix: "acme-",
        nameSuffix: "-eu",
      },
      tags: { "a/b": "c" },
    },
  },
});
