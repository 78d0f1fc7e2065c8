import type { Construct } from "constructs";
import { checkKmsKeyArn } from "../../core/common-inputs";
import {
  check,
  checkInteger,
  checkLiteral,
  checkMatches,
  checkNotEmpty,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../../core/validation";
import { checkSystemCapacity } from "../../launcher/capacity";
import type { ApiFiles, BottleSyncProps, ExternalHashFile } from "./props";

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A URL with TLS, or one of this machine. */
const url = /^(https:\/\/[^/]+|http:\/\/(127\.0\.0\.1|localhost)(:[0-9]+)?)(\/.*)?$/;

/** @throws ValidationError when a value is one that the system refuses. */
export function checkBottleSync(scope: Construct, props: BottleSyncProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[a-z][a-z0-9-]{0,27}$/,
    "a name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
  );
  checkPlatforms(scope, props.platforms);
  const { sizeThresholdGb } = props;
  check(
    scope,
    !isKnown(sizeThresholdGb) || sizeThresholdGb === undefined || sizeThresholdGb >= 0,
    `sizeThresholdGb is ${sizeThresholdGb}; it takes 0 or more.`,
  );
  checkRange(scope, "downloadConcurrency", props.downloadConcurrency, 1, 32, "it");
  checkRange(scope, "progressReportIntervalSeconds", props.progressReportIntervalSeconds, 60, 3600, "it");
  checkInteger(
    scope,
    "retentionDays",
    props.retentionDays,
    [1, Number.POSITIVE_INFINITY],
    "it takes whole numbers from 1.",
  );
  checkMatches(scope, "catalogueUrl", props.catalogueUrl, url, "it takes a URL that begins with https://.");
  checkApi(scope, props.api);
  checkLiteral(
    scope,
    "mirrorBucket.readerVpcEndpointIds",
    props.mirrorBucket?.readerVpcEndpointIds,
    "decides which permissions exist",
  );
  checkExternalHashFile(scope, props.externalHashFile);
  checkSystemCapacity(scope, props);
  checkOneOf(scope, "logLevel", props.logLevel, ["DEBUG", "INFO", "WARN", "ERROR"]);
  checkMatches(
    scope,
    "existingMirrorBucket",
    props.existingMirrorBucket,
    bucketName,
    "it takes the name of a bucket.",
  );
  checkWebhookSecret(scope, props);
}

function checkPlatforms(scope: Construct, platforms: BottleSyncProps["platforms"]): void {
  if (platforms === undefined) return;
  const allowed =
    'it takes at least one of Homebrew\'s tags, such as "arm64_tahoe", "sonoma" or "x86_64_linux". Bottles for all platforms need no tag.';
  checkLiteral(scope, "platforms", platforms, "decides which files are mirrored");
  checkNotEmpty(scope, "platforms", platforms, allowed);
  for (const platform of platforms)
    checkMatches(scope, "platforms", platform, /^(?!all$)[a-z][a-z0-9]*(_[a-z0-9]+)*$/, allowed);
}

function checkApi(scope: Construct, { url: from, publicKey, files }: ApiFiles = {}): void {
  checkMatches(scope, "api.url", from, url, "it takes a URL that begins with https://.");
  check(
    scope,
    publicKey === undefined ||
      !isKnown(publicKey) ||
      /^\s*-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(publicKey),
    'api.publicKey is no public key in PEM; it takes text that begins with "-----BEGIN PUBLIC KEY-----", such as that of homebrew-1.pem.',
  );
  if (files === undefined) return;
  const allowed = 'it takes at least one path below api.url, such as "formula.jws.json".';
  checkNotEmpty(scope, "api.files", files, allowed);
  if (isToken(files)) return;
  for (const path of files)
    checkMatches(scope, "api.files", path, /^(?!.*(\.\.|,))[A-Za-z0-9_@+-][A-Za-z0-9._@+/-]*$/, allowed);
}

function checkExternalHashFile(scope: Construct, file: ExternalHashFile | undefined): void {
  if (file === undefined) return;
  const isGiven = (value: string | undefined) => value !== undefined;
  check(
    scope,
    isGiven(file.url) !== isGiven(file.bucket) && isGiven(file.bucket) === isGiven(file.key),
    `externalHashFile has ${Object.keys(file).join(", ") || "nothing"}; give either its url, or its bucket and its key.`,
  );
  checkMatches(
    scope,
    "externalHashFile.url",
    file.url,
    /^https:\/\//,
    "it takes a URL that begins with https://.",
  );
  checkMatches(scope, "externalHashFile.bucket", file.bucket, bucketName, "it takes the name of a bucket.");
  checkKmsKeyArn(scope, "externalHashFile.kmsKeyArn", file.kmsKeyArn);
  check(
    scope,
    !isGiven(file.kmsKeyArn) || isGiven(file.bucket),
    "externalHashFile.kmsKeyArn is given without a bucket; it takes the ARN of the KMS key of the bucket's objects, beside bucket and key.",
  );
}

function checkWebhookSecret(scope: Construct, props: BottleSyncProps): void {
  const { createWebhookSecret = true, existingWebhookSecret } = props;
  check(
    scope,
    !createWebhookSecret || existingWebhookSecret === undefined,
    "createWebhookSecret is true and existingWebhookSecret is given; give existingWebhookSecret only when createWebhookSecret is false.",
  );
  checkMatches(
    scope,
    "existingWebhookSecret.arn",
    existingWebhookSecret?.arn,
    /^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:.+$/,
    'it takes the ARN of a secret, such as "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf".',
  );
}
