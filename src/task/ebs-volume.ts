import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { checkRoleArn } from "../core/roles";
import { check, checkAtPlan, checkMatches, checkOneOf, isToken } from "../core/validation";
import { defaultHint, mayRunOnFargate, mayRunOnFargateAtPlan } from "../launcher/capacity";
import type { LaunchVolume } from "../launcher/route";
import type { TaskProps } from "./props";

/** A new EBS volume for each task (Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration). */
export interface EbsVolume {
  /** Absolute path in the container, without colons. */
  readonly containerPath: string;
  /**
   * Size in GiB: 1 to 16384 with `gp2` and `gp3`, 4 to 16384 with `io1` and `io2`, 125 to 16384 with `sc1` and `st1`, 1 to
   * 1024 with `standard`.
   * @default - the size of the snapshot
   */
  readonly sizeGib?: number;
  /**
   * Type of the volume: `gp2`, `gp3`, `io1`, `io2`, `sc1`, `st1`, or `standard`, which only EC2 has.
   * @default "gp3"
   */
  readonly volumeType?: VolumeType;
  /**
   * Operations per second: 3000 to 16000 with `gp3`, 100 to 64000 with `io1`, 100 to 256000 with `io2`.
   * @default - 3000 with `gp3`; `io1` and `io2` need it, other types have none
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s: 125 to 1000, with `gp3` only.
   * @default - 125
   */
  readonly throughputMibps?: number;
  /**
   * Whether the volume is encrypted.
   * @default true
   */
  readonly encrypted?: boolean;
  /**
   * ARN of the KMS key that encrypts the volume. Its policy must allow the infrastructure role to use it.
   * @default - AWS's key for EBS, or the account's default key
   */
  readonly kmsKeyArn?: string;
  /**
   * ID of the snapshot that the volume is created from.
   * @default - the volume is empty
   */
  readonly snapshotId?: string;
  /**
   * Type of the file system: `ext3`, `ext4` or `xfs`, that of the snapshot where there is one.
   * @default "xfs"
   */
  readonly fileSystemType?: FileSystemType;
}

/** Every {@link VolumeType}. */
export const volumeTypes = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"] as const;

/** Every {@link FileSystemType}. */
export const fileSystemTypes = ["ext3", "ext4", "xfs"] as const;

/** Type of an EBS volume. */
export type VolumeType = (typeof volumeTypes)[number];

/** Type of the file system of an EBS volume. */
export type FileSystemType = (typeof fileSystemTypes)[number];

/** Name of the volume in the task definition. A task has at most one volume that is configured at launch. */
export const ebsVolumeName = "ebs";

/** The volume as a launch route has it. */
export const launchVolume = (volume: EbsVolume, infrastructureRoleArn: string): LaunchVolume => ({
  name: ebsVolumeName,
  infrastructureRoleArn,
  sizeGib: volume.sizeGib,
  volumeType: volume.volumeType ?? "gp3",
  iops: volume.iops,
  throughputMibps: volume.throughputMibps,
  encrypted: volume.encrypted ?? true,
  kmsKeyArn: volume.kmsKeyArn,
  snapshotId: volume.snapshotId,
  fileSystemType: volume.fileSystemType ?? "xfs",
});

/** @throws ValidationError when ECS would refuse the volume, or its role is given without it. */
export function checkEbsVolume(scope: Construct, props: TaskProps): void {
  const { ebsVolume: volume, existingInfrastructureRole, mounts = {}, capacity = "FARGATE" } = props;
  checkRoleArn(scope, "existingInfrastructureRole.arn", existingInfrastructureRole?.arn, "engines-volumes");
  check(
    scope,
    volume !== undefined || existingInfrastructureRole === undefined,
    "existingInfrastructureRole is given without ebsVolume; ECS manages an EBS volume with it. Remove it, or give ebsVolume.",
  );
  if (volume === undefined) return;
  const { volumeType = "gp3", kmsKeyArn, encrypted = true } = volume;
  checkMatches(
    scope,
    "ebsVolume.containerPath",
    volume.containerPath,
    /^\/[^:]+$/,
    "it takes an absolute path below the root, without colons.",
  );
  checkOneOf(scope, "ebsVolume.volumeType", volumeType, volumeTypes);
  checkOneOf(scope, "ebsVolume.fileSystemType", volume.fileSystemType, fileSystemTypes);
  check(
    scope,
    volume.sizeGib !== undefined || volume.snapshotId !== undefined,
    "ebsVolume has neither sizeGib nor snapshotId; give the size of a new volume, or the snapshot that it is created from.",
  );
  checkPerformance(scope, volume, volumeType);
  checkMatches(
    scope,
    "ebsVolume.kmsKeyArn",
    kmsKeyArn,
    /^arn:[^:]+:kms:[^:]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/,
    'it takes the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab". IAM ignores aliases and IDs: give the ARN of the key that they name.',
  );
  checkKnownOrAtPlan(
    scope,
    [encrypted],
    () => encrypted || kmsKeyArn === undefined,
    expression`${encrypted} || ${kmsKeyArn} == null`,
    "ebsVolume.kmsKeyArn is given with encrypted false; the key is for an encrypted volume. Remove one of them.",
  );
  checkMatches(
    scope,
    "ebsVolume.snapshotId",
    volume.snapshotId,
    /^snap-[0-9a-z]+$/,
    'it takes the ID of a snapshot, such as "snap-0a1b2c3d4e5f60718".',
  );
  checkKnownOrAtPlan(
    scope,
    [capacity, volumeType],
    () => !mayRunOnFargate(capacity) || volumeType !== "standard",
    expression`!${mayRunOnFargateAtPlan(capacity)} || ${volumeType} != "standard"`,
    `ebsVolume.volumeType is "standard" with capacity "${capacity}"; only EC2 supports magnetic volumes.${defaultHint(capacity)}`,
  );
  check(
    scope,
    !(ebsVolumeName in mounts),
    `mounts names "${ebsVolumeName}" with ebsVolume; that is the name of its volume. Give the mount another name.`,
  );
}

const sizes: Readonly<Record<string, readonly [number, number]>> = {
  gp2: [1, 16384],
  gp3: [1, 16384],
  io1: [4, 16384],
  io2: [4, 16384],
  sc1: [125, 16384],
  st1: [125, 16384],
  standard: [1, 1024],
};
const operations: Readonly<Record<string, readonly [number, number]>> = {
  gp3: [3000, 16000],
  io1: [100, 64000],
  io2: [100, 256000],
};
const throughputs: Readonly<Record<string, readonly [number, number]>> = { gp3: [125, 1000] };

function checkPerformance(scope: Construct, volume: EbsVolume, volumeType: string): void {
  const { sizeGib, iops, throughputMibps } = volume;
  const checkNumber = (
    prop: string,
    value: number | undefined,
    ranges: typeof sizes,
    allowed: string,
  ): void => {
    if (value === undefined) return;
    const [min, max] = ranges[volumeType] ?? [1, 0];
    checkKnownOrAtPlan(
      scope,
      [value, volumeType],
      () => Number.isInteger(value) && value >= min && value <= max,
      expression`try(${value} >= ${ranges}[${volumeType}][0] && ${value} <= ${ranges}[${volumeType}][1] && floor(${value}) == ${value}, false)`,
      `ebsVolume.${prop} is ${value} with volumeType "${volumeType}"; ECS takes whole numbers${allowed}`,
    );
  };
  checkNumber(
    "sizeGib",
    sizeGib,
    sizes,
    ": 1 to 16384 with gp2 and gp3, 4 to 16384 with io1 and io2, 125 to 16384 with sc1 and st1, 1 to 1024 with standard.",
  );
  checkKnownOrAtPlan(
    scope,
    [volumeType],
    () => iops !== undefined || !["io1", "io2"].includes(volumeType),
    expression`${iops} != null || !contains(${["io1", "io2"]}, ${volumeType})`,
    `ebsVolume has volumeType "${volumeType}" and no iops; io1 and io2 need it.`,
  );
  checkNumber(
    "iops",
    iops,
    operations,
    ": 3000 to 16000 with gp3, 100 to 64000 with io1, 100 to 256000 with io2; other types have no iops.",
  );
  checkNumber(
    "throughputMibps",
    throughputMibps,
    throughputs,
    " from 125 to 1000 with gp3; other types have no throughputMibps.",
  );
}

/** Checks at synth unless one of `values` is a token, which Terraform checks at plan. */
function checkKnownOrAtPlan(
  scope: Construct,
  values: readonly unknown[],
  isValid: () => boolean,
  condition: IResolvable,
  message: string,
): void {
  if (values.some(isToken)) checkAtPlan(scope, values, condition, message);
  else check(scope, isValid(), message);
}
