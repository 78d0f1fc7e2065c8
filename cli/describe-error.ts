type AwsError = Error & { code?: string; path?: string; hostname?: string; errors?: Error[] };

const names = {
  denied:
    /^(AccessDenied|AuthorizationError|NotAuthorized|Unauthorized|KMS\.?AccessDenied|ForbiddenException)/,
  expired: /^(ExpiredToken|RequestExpired|TokenRefreshRequired|CredentialsExpired|ExpiredTokenException)/,
  unknownKey:
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken)/,
  throttled: /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|LimitExceeded)/,
};
const unreachable = ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"];
const denial =
  /User: (?<user>\S+) is not authorized to perform: (?<action>\S+)(?: on resource: "?(?<resource>[^\s"]+)"?)?(?<why> .+)?/;

const toSentence = (text: string): string => {
  const line = text.replaceAll(/\s*\n\s*/g, " ").trim();
  return /[.!?)]$/.test(line) ? line : `${line}.`;
};

const describeDenial = (message: string): string => {
  const { user, action, resource, why = "" } = denial.exec(message)?.groups ?? {};
  if (action === undefined) return toSentence(`AWS denies the call: ${message || "no reason given"}`);
  const on = resource === undefined ? "" : ` on ${resource}`;
  return toSentence(`${user} has no permission for ${action}${on}${why.replace(/^ because/, ", because")}`);
};

/** Of the variables of the environment that choose the credentials. */
const describeCredentials = (message: string, { AWS_PROFILE: profile }: NodeJS.ProcessEnv): string => {
  if (/expired/i.test(message)) return toSentence(`The credentials have expired: ${message}`);
  return profile
    ? `The profile "${profile}" of AWS_PROFILE gives no credentials: sign in with it, or choose another one.`
    : "No credentials are found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
};

/** Node.js tries all addresses of a host, and reports each in an AggregateError without a message. */
const findConnectionError = (error: AwsError): AwsError =>
  (error.errors?.[0] as AwsError | undefined) ?? error;

/**
 * The sentence that a command prints when it fails: what is wrong and, where the SDK does not say it, what to do.
 * Errors of this project say it already.
 */
export function describeError(thrown: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  if (!(thrown instanceof Error)) return toSentence(String(thrown));
  const error = findConnectionError(thrown);
  const { name, message, code = "", path } = error;
  const endpoint = environment.AWS_ENDPOINT_URL;
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return describeCredentials(message, environment);
  if (names.expired.test(name))
    return toSentence(`The credentials have expired, so sign in again (${message})`);
  if (names.unknownKey.test(name))
    return toSentence(`AWS does not accept the credentials, so check AWS_PROFILE or the keys (${message})`);
  if (names.denied.test(name)) return describeDenial(message);
  if (names.throttled.test(name))
    return toSentence(`AWS throttles the calls, so try again in a minute (${message || name})`);
  if (/region is missing/i.test(message)) return noRegion;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The host ${error.hostname ?? "of AWS"} has no address: check AWS_REGION${endpoint ? ", AWS_ENDPOINT_URL" : ""} and the network.`;
  if (unreachable.includes(code) || name === "TimeoutError")
    return endpoint
      ? `Nothing listens at AWS_ENDPOINT_URL, ${endpoint} (${message || code}): start local AWS there, or remove the variable for AWS.`
      : `AWS does not answer (${message || code}): check the network and its proxy.`;
  if (path !== undefined && code !== "") return describeFileError(error, path);
  return toSentence(message || name);
}

export const noRegion = "No region is given: set AWS_REGION, or AWS_PROFILE to a profile that has one.";

const fileErrors: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "expected a file, found a folder",
  ENOTDIR: "expected a folder, found a file",
  EACCES: "it must not be read",
  EPERM: "it must not be read",
};

/** @param error of a function of node:fs */
export const describeFileError = ({ code = "", message }: NodeJS.ErrnoException, file: string): string =>
  toSentence(`${file}: ${fileErrors[code] ?? message}`);
