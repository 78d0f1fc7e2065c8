import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { checkKeys } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkMatches,
  checkOneOf,
  isKnown,
  isToken,
} from "../core/validation";
import type { AccessPoint, FileSystemProps } from "./props";

/** The pattern of a path in the EFS API reference: RootDirectory. */
const path = /^(\/[^.$#<>;`|&?{}^*/\n][^$#<>;`|&?{}^*/\n]*){1,4}$/;

const infrequentAccessDays = [1, 7, 14, 30, 60, 90, 180, 270, 365];

/** @throws ValidationError when a value is one that EFS refuses. */
export function checkFileSystem(scope: Construct, props: FileSystemProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,64}$/,
    "a file system's name here has 1 to 64 letters, digits, hyphens and underscores.",
  );
  checkKeys(scope, "subnetIds", props.subnetIds);
  checkKeys(scope, "clientSecurityGroupIds", props.clientSecurityGroupIds);
  check(
    scope,
    Object.keys(props.subnetIds).length > 0,
    "subnetIds is empty; without a mount target nothing can reach the file system.",
  );
  check(
    scope,
    Object.keys(props.accessPoints).length > 0,
    "accessPoints is empty; clients can mount the file system through an access point only.",
  );
  for (const [name, accessPoint] of Object.entries(props.accessPoints))
    checkAccessPoint(scope, name, accessPoint);
  const { infrequentAccessAfterDays } = props;
  if (infrequentAccessAfterDays !== null && infrequentAccessAfterDays !== undefined) {
    const message = `infrequentAccessAfterDays is ${infrequentAccessAfterDays}; EFS takes ${infrequentAccessDays.join(", ")}.`;
    if (isKnown(infrequentAccessAfterDays))
      check(scope, [0, ...infrequentAccessDays].includes(infrequentAccessAfterDays), message);
    else
      checkAtPlan(
        scope,
        [infrequentAccessAfterDays],
        expression`contains(${[0, ...infrequentAccessDays]}, ${infrequentAccessAfterDays})`,
        message,
      );
  }
  checkThroughput(scope, props);
}

function checkAccessPoint(scope: Construct, name: string, accessPoint: AccessPoint): void {
  check(
    scope,
    /^[A-Za-z0-9_-]{1,64}$/.test(name),
    `accessPoints names "${name}"; an access point's name here has 1 to 64 letters, digits, hyphens and underscores.`,
  );
  for (const key of ["uid", "gid"] as const) {
    const id = accessPoint[key];
    checkInteger(
      scope,
      `accessPoints.${name}.${key}`,
      id,
      [1, 4294967295],
      "it takes whole numbers from 1 to 4294967295 (0 is root).",
    );
  }
  if (isKnown(accessPoint.path)) {
    check(
      scope,
      accessPoint.path!.length <= 100 && path.test(accessPoint.path!),
      `accessPoints.${name}.path is "${accessPoint.path}"; a path is absolute and below the root, with at most 100 characters in at most four levels, none of them starting with a dot or holding any of $#<>;\`|&?{}^*.`,
    );
  }
  checkMatches(
    scope,
    `accessPoints.${name}.permissions`,
    accessPoint.permissions,
    /^[0-7]{3,4}$/,
    'they have three or four octal digits, for instance "0750".',
  );
}

function checkThroughput(scope: Construct, props: FileSystemProps): void {
  const {
    throughputMode = "elastic",
    performanceMode = "generalPurpose",
    provisionedThroughputMibps,
  } = props;
  checkOneOf(scope, "throughputMode", throughputMode, ["elastic", "bursting", "provisioned"]);
  checkOneOf(scope, "performanceMode", performanceMode, ["generalPurpose", "maxIO"]);
  if (isKnown(provisionedThroughputMibps)) {
    check(
      scope,
      provisionedThroughputMibps! >= 1,
      `provisionedThroughputMibps is ${provisionedThroughputMibps}; EFS takes 1 or more.`,
    );
  }
  if (isToken(throughputMode) || isToken(performanceMode)) {
    checkAtPlan(
      scope,
      [throughputMode, performanceMode],
      expression`(${throughputMode} == "provisioned") == ${provisionedThroughputMibps !== undefined} && (${performanceMode} == "generalPurpose" || ${throughputMode} != "elastic")`,
      `throughputMode is "${throughputMode}" with performanceMode "${performanceMode}"; give provisionedThroughputMibps exactly when throughputMode is "provisioned", and with "elastic" performanceMode "generalPurpose".`,
    );
    return;
  }
  check(
    scope,
    (throughputMode === "provisioned") === (provisionedThroughputMibps !== undefined),
    `provisionedThroughputMibps is ${provisionedThroughputMibps ?? "not given"} with throughputMode "${throughputMode}"; give it exactly when throughputMode is "provisioned".`,
  );
  check(
    scope,
    performanceMode === "generalPurpose" || throughputMode !== "elastic",
    `performanceMode is "${performanceMode}" with throughputMode "elastic"; elastic throughput takes "generalPurpose" only.`,
  );
}
