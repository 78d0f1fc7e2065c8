import { describeError } from "../../cli/describe-error";

const error = (name: string, message: string, fields: object = {}) =>
  Object.assign(new Error(message), { name, ...fields });
const denied = "User: arn:aws:sts::123456789012:assumed-role/ops/ada is not authorized to perform: ";

test.each<[string, unknown, string, Record<string, string>?]>([
  [
    "a denied call",
    error(
      "AccessDeniedException",
      `${denied}lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action`,
    ),
    "arn:aws:sts::123456789012:assumed-role/ops/ada has no permission for lambda:ListFunctions on *, because no identity-based policy allows the lambda:ListFunctions action.",
  ],
  [
    "a denied call of S3",
    error("AccessDenied", `${denied}s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny`),
    "arn:aws:sts::123456789012:assumed-role/ops/ada has no permission for s3:GetObject on arn:aws:s3:::b/k with an explicit deny.",
  ],
  ["a denial without a reason", error("AccessDenied", ""), "AWS denies the call: no reason given."],
  [
    "expired credentials",
    error("ExpiredTokenException", "The security token included in the request is expired"),
    "The credentials have expired, so sign in again (The security token included in the request is expired)",
  ],
  [
    "an expired session of SSO",
    error("CredentialsProviderError", "The SSO session has expired.\nRun aws sso login."),
    "The credentials have expired: The SSO session has expired. Run aws sso login.",
  ],
  [
    "an unknown key",
    error("UnrecognizedClientException", "The security token included in the request is invalid."),
    "AWS does not accept the credentials, so check AWS_PROFILE or the keys (The security token included in the request is invalid.)",
  ],
  [
    "a profile without credentials",
    error("CredentialsProviderError", "Could not resolve credentials using profile: [ops]"),
    'The profile "ops" of AWS_PROFILE gives no credentials: sign in with it, or choose another one.',
    { AWS_PROFILE: "ops" },
  ],
  [
    "throttling",
    error("ThrottlingException", "Rate exceeded"),
    "AWS throttles the calls, so try again in a minute (Rate exceeded)",
  ],
  [
    "a region that does not exist",
    error("Error", "getaddrinfo ENOTFOUND lambda.eu-wst-1.amazonaws.com", {
      code: "ENOTFOUND",
      hostname: "lambda.eu-wst-1.amazonaws.com",
    }),
    "The host lambda.eu-wst-1.amazonaws.com has no address: check AWS_REGION and the network.",
  ],
  [
    "an endpoint without a server, at all its addresses",
    Object.assign(
      new AggregateError([error("Error", "connect ECONNREFUSED ::1:4566", { code: "ECONNREFUSED" })]),
      { code: "ECONNREFUSED" },
    ),
    "Nothing listens at AWS_ENDPOINT_URL, http://localhost:4566 (connect ECONNREFUSED ::1:4566): start local AWS there, or remove the variable for AWS.",
    { AWS_ENDPOINT_URL: "http://localhost:4566" },
  ],
  [
    "a network that drops connections",
    error("TimeoutError", "", { code: "ETIMEDOUT" }),
    "AWS does not answer (ETIMEDOUT): check the network and its proxy.",
  ],
  [
    "a file that does not exist",
    error("Error", "ENOENT: no such file or directory, open 'x'", { code: "ENOENT", path: "x" }),
    "x: there is no such file or folder.",
  ],
  ["an error of this project", new Error("entry is missing"), "entry is missing."],
  ["what is no error", "broken", "broken."],
])("describes %s in one sentence", (_, thrown, sentence, environment = {}) => {
  expect(describeError(thrown, environment)).toBe(sentence);
});
