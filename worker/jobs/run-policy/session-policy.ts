import type { FindingResource } from "../../../container-contract/policy-run";
import { arnPrefixOf } from "../../../handlers/shared/findings/resource-types";
import { quote } from "../../../handlers/shared/text";

/** The ARNs that stand for the resource. They are made of its id, by which the policy is confined, if its type allows. */
const arnsOf = (
  { type, id, idAttribute, arn, account, region }: FindingResource,
  partition: string,
): string[] => {
  const prefix = idAttribute === undefined ? arnPrefixOf(type) : undefined;
  if (prefix === undefined) return arn === undefined ? [] : [arn];
  const [, service, kind] = /^([^:]+):(.*)$/.exec(prefix)!;
  switch (service) {
    case "s3":
      return [`arn:${partition}:s3:::${id}`, `arn:${partition}:s3:::${id}/*`];
    // A finding does not always tell the path of a user or role. Names are unique whatever the path is, and have no slash.
    case "iam":
      return [`${kind}${id}`, `${kind}*/${id}`].map((rest) => `arn:${partition}:iam::${account}:${rest}`);
    case "cloudfront":
      return [`arn:${partition}:cloudfront::${account}:${kind}${id}`];
    case "apigateway":
      return [`arn:${partition}:apigateway:${region}::${kind}${id}`];
    default:
      return [`arn:${partition}:${service}:${region}:${account}:${kind}${id}`];
  }
};

/**
 * The session policy with which a role in another account is assumed. Of what the role allows, it leaves: all actions of the
 * resource's service on the resource, and reading in that service.
 * @throws Error when the resource has no ARN, or one that is a pattern
 */
export const sessionPolicyFor = (resource: FindingResource, partition: string): object => {
  const { id, arn, type } = resource;
  // These stand for other resources in a policy, and whoever may import findings chooses what is in one.
  for (const value of [id, arn])
    if (value !== undefined && /[*?$]/.test(value))
      throw new Error(`expected the id and ARN of one resource in another account, found ${quote(value)}`);
  const arns = arnsOf(resource, partition);
  if (arns[0] === undefined)
    throw new Error(
      `the finding's resource (${type}) is of another account and has no ARN, to which the session could be confined`,
    );
  const service = arns[0].split(":")[2];
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: `${service}:*`, Resource: arns },
      {
        Effect: "Allow",
        Action: [`${service}:Describe*`, `${service}:Get*`, `${service}:List*`, "tag:Get*"],
        Resource: "*",
      },
    ],
  };
};
