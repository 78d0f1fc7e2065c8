import type { Construct } from "constructs";
import { check, checkMatches, isKnown } from "../core/validation";

/** A directory of an EFS file system, mounted through an access point at a path in the container. */
export interface Mount {
  /** ID of the file system. */
  readonly fileSystemId: string;
  /** ARN of the file system. */
  readonly fileSystemArn: string;
  /** ID of the access point. */
  readonly accessPointId: string;
  /** ARN of the access point. */
  readonly accessPointArn: string;
  /** ID of the file system's security group, which the task is allowed to reach over NFS. */
  readonly securityGroupId: string;
  /** Absolute path in the container, without colons. */
  readonly containerPath: string;
  /**
   * Whether the container is allowed only to read.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** @throws ValidationError when a name or path is invalid, or two volumes have the same path. */
export function checkMounts(
  scope: Construct,
  mounts: Readonly<Record<string, Mount>>,
  scratchPath: string | undefined,
  ebsVolumePath?: string,
): void {
  for (const [name, { containerPath }] of Object.entries(mounts)) {
    check(
      scope,
      /^[A-Za-z0-9_-]{1,100}$/.test(name) && name !== "scratch",
      `mounts names "${name}"; a mount's name has 1 to 100 letters, digits, hyphens and underscores, and "scratch" is reserved.`,
    );
    checkMatches(
      scope,
      `mounts.${name}.containerPath`,
      containerPath,
      /^\/[^:]+$/,
      "it takes an absolute path below the root, without colons.",
    );
  }
  const paths = [
    scratchPath,
    ...Object.values(mounts).map((mount) => mount.containerPath),
    ebsVolumePath,
  ].filter(isKnown);
  check(
    scope,
    new Set(paths).size === paths.length,
    `mounts${ebsVolumePath === undefined ? "" : ", ebsVolume"} and scratchPath have ${paths.map((path) => `"${path}"`).join(", ")}; each path in the container has one volume.`,
  );
}
