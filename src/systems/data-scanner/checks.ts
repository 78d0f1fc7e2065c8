import type { Construct } from "constructs";
import { kmsKeyArn } from "../../core/common-inputs";
import {
  check,
  checkInteger,
  checkLength,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
} from "../../core/validation";
import { checkSystemCapacity } from "../../launcher/capacity";
import type { DataScannerProps } from "./props";

/** @throws ValidationError when a value is one that AWS refuses, or there is no bucket to scan. */
export function checkDataScanner(scope: Construct, props: DataScannerProps): void {
  const { name, scanBucketNames = [], scanBucketKmsKeyArns = [], createDataBucket = true } = props;
  const ofName =
    "a name has 1 to 20 lower-case letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row.";
  checkMatches(scope, "name", name, /^[a-z](-?[a-z0-9])*$/, ofName);
  checkLength(scope, "name", name, 20, "this system");
  checkMatches(
    scope,
    "environment",
    props.environment,
    /^[a-z0-9]{1,10}$/,
    "it has 1 to 10 lower-case letters and digits.",
  );
  checkLiteral(scope, "scanBucketNames", scanBucketNames, "decides which permissions exist");
  for (const bucket of scanBucketNames)
    checkMatches(
      scope,
      "scanBucketNames",
      bucket,
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens. Give the name, not the ARN.",
    );
  check(
    scope,
    createDataBucket || scanBucketNames.length > 0,
    "scanBucketNames is empty and createDataBucket is false; give at least one bucket that may be scanned.",
  );
  checkLiteral(scope, "scanBucketKmsKeyArns", scanBucketKmsKeyArns, "decides which permissions exist");
  for (const arn of scanBucketKmsKeyArns)
    checkMatches(
      scope,
      "scanBucketKmsKeyArns",
      arn,
      kmsKeyArn,
      'it takes ARNs of KMS keys, such as "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab". IAM ignores aliases.',
    );
  checkInteger(
    scope,
    "maxFileSizeMib",
    props.maxFileSizeMib,
    [1, Number.POSITIVE_INFINITY],
    "it takes whole numbers from 1.",
  );
  checkRange(scope, "deduplicationWindowMinutes", props.deduplicationWindowMinutes, 1, 1440, "it");
  checkLiteral(scope, "capacity", props.capacity, "decides how workers are placed");
  checkSystemCapacity(scope, props);
  checkOneOf(scope, "logLevel", props.logLevel, ["DEBUG", "INFO", "WARN", "ERROR"]);
  checkOneOf(scope, "api.authorization", props.api?.authorization, ["AWS_IAM", "NONE"]);
  for (const [key, count] of Object.entries(props.reservedConcurrency ?? {}))
    checkInteger(
      scope,
      `reservedConcurrency.${key}`,
      count,
      [-1, Number.POSITIVE_INFINITY],
      "Lambda takes whole numbers from 0; -1 reserves none.",
    );
}
