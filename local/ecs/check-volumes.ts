import { AwsError } from "../aws-error";
import type { ManagedEbsVolume, RunTaskInput, TaskDefinition } from "./types";

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeConfiguration.html
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

/** Throws the error of ECS unless the request configures the volume that its task definition leaves to the launch. */
export function checkVolumes(
  { volumeConfigurations = [] }: RunTaskInput,
  { volumes = [] }: TaskDefinition,
  fargate: boolean,
): void {
  const atLaunch = volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch).map(({ name }) => name);
  if (volumeConfigurations.length > 1)
    refuse(`volumeConfigurations has ${volumeConfigurations.length} volumes; the limit is 1.`);
  for (const { name, managedEBSVolume } of volumeConfigurations) {
    if (!name || !atLaunch.includes(name)) {
      refuse(
        "Volume configuration provided but no matching configuredAtLaunch volume found in task definition.",
      );
    }
    if (!managedEBSVolume) refuse(`managedEBSVolume of the volume ${name} can not be empty.`);
    checkEbsVolume(managedEBSVolume, fargate);
  }
  const configured = volumeConfigurations.map(({ name }) => name);
  const missing = atLaunch.filter((name) => !configured.includes(name));
  if (missing.length > 0)
    refuse(`Volume configuration is missing for configuredAtLaunch volume ${missing.join(", ")}.`);
}

function checkEbsVolume(volume: ManagedEbsVolume, fargate: boolean): void {
  // EC2 makes a volume without a type a gp2 volume.
  const { volumeType = "gp2", sizeInGiB, snapshotId, iops, throughput, filesystemType = "xfs" } = volume;
  if (!volume.roleArn) refuse("roleArn of a managed EBS volume can not be empty.");
  if (sizes[volumeType] === undefined) refuse(`volumeType is ${volumeType}.`);
  if (fargate && volumeType === "standard") refuse("Fargate does not support the volume type standard.");
  if (sizeInGiB === undefined && snapshotId === undefined)
    refuse("Specify a volume size or a snapshot ID of a managed EBS volume.");
  checkWithin(`sizeInGiB of ${volumeType}`, sizeInGiB, sizes[volumeType]);
  checkWithin(`iops of ${volumeType}`, iops, operations[volumeType]);
  checkWithin(`throughput of ${volumeType}`, throughput, throughputs[volumeType]);
  if (iops === undefined && (volumeType === "io1" || volumeType === "io2"))
    refuse(`iops is required for ${volumeType}.`);
  if (!["ext3", "ext4", "xfs", "ntfs"].includes(filesystemType))
    refuse(`filesystemType is ${filesystemType}.`);
}

function checkWithin(
  what: string,
  value: number | undefined,
  range: readonly [number, number] | undefined,
): void {
  if (value === undefined) return;
  if (range === undefined) refuse(`${what} is not supported.`);
  const [min, max] = range;
  if (!Number.isInteger(value) || value < min || value > max)
    refuse(`${what} is ${value}; it must be between ${min} and ${max}.`);
}

function refuse(message: string): never {
  throw new AwsError("InvalidParameterException", message);
}
