import { AwsError } from "../aws-error";

/** STS allows so many characters (API reference of AssumeRole, `Policy`). */
const maxLength = 2048;

/**
 * The session policy of a request to STS.
 * @throws AwsError for one that STS refuses, and for session policies given by ARN
 */
export function readSessionPolicy(form: URLSearchParams): object | undefined {
  if ([...form.keys()].some((name) => name.startsWith("PolicyArns.")))
    throw new AwsError(
      "NotImplemented",
      "Local AWS takes session policies as text (Policy), not by ARN (PolicyArns).",
      501,
    );
  const text = form.get("Policy");
  if (text === null) return undefined;
  if (text.length > maxLength)
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${maxLength}`,
    );
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === "object" && policy !== null && "Statement" in policy) return policy;
  } catch {
    // Refused below.
  }
  throw new AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
}
