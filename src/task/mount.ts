import type { Construct } from "constructs";
import { check, checkMatches, isKnown } from "../core/validation";

/** A directory of an EFS file system, seen through an access point, and where the container sees it. */
export interface Mount {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  readonly accessPointId: string;
  readonly accessPointArn: string;
  /** Security group of the file system, which the task may then reach. */
  readonly securityGroupId: string;
  /** Absolute path in the container. */
  readonly containerPath: string;
  /**
   * Whether the container may only read.
   * @default false
   */
  readonly readOnly?: boolean;
}

export function checkMounts(
  scope: Construct,
  mounts: Readonly<Record<string, Mount>>,
  scratchPath: string,
): void {
  for (const [name, { containerPath }] of Object.entries(mounts)) {
    check(
      scope,
      /^[A-Za-z0-9_-]{1,100}$/.test(name) && name !== "scratch",
      `mounts names "${name}"; a mount's name has 1 to 100 letters, digits, hyphens and underscores, and "scratch" is taken.`,
    );
    checkMatches(
      scope,
      `mounts.${name}.containerPath`,
      containerPath,
      /^\/[^:]+$/,
      "it takes an absolute path below the root, without colons.",
    );
  }
  const paths = [scratchPath, ...Object.values(mounts).map((mount) => mount.containerPath)].filter(isKnown);
  check(
    scope,
    new Set(paths).size === paths.length,
    `mounts and scratchPath have ${paths.map((path) => `"${path}"`).join(", ")}; each path of the container holds one volume.`,
  );
}
