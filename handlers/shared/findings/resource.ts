import { PermanentError } from "../failures";
import { quote } from "../text";
import type { Finding, Resource } from "./finding";
import { arnPrefixOf, canonicalType } from "./resource-types";

type Arn = { service: string; region: string; account: string; rest: string };

const parseArn = (text: string): Arn | undefined => {
  const [, service, region, account, rest] = /^arn:[^:]*:([^:]*):([^:]*):([^:]*):(.+)$/.exec(text) ?? [];
  return rest === undefined ? undefined : { service: service!, region: region!, account: account!, rest };
};

/** The name or id in an ARN of a type whose APIs take one. */
const nameInArn = (type: string, { service, rest }: Arn, prefix: string): string | undefined => {
  const inside = `${service}:${rest}`;
  if (!inside.startsWith(prefix)) return undefined;
  const name = inside.slice(prefix.length);
  switch (type) {
    // A bucket's ARN may go on with a key, a user's has a path before the name, a function's a version after it.
    case "AWS::S3::Bucket":
      return name.split("/")[0];
    case "AWS::IAM::User":
    case "AWS::IAM::Role":
    case "AWS::IAM::Group":
      return name.slice(name.lastIndexOf("/") + 1);
    case "AWS::Lambda::Function":
      return name.split(":")[0];
    case "AWS::DynamoDB::Table":
      return name.split("/")[0];
    default:
      return name;
  }
};

// Security Hub: AWS::::Account:123456789012, AWS::IAM::AccessKey:AKIA….
const typedId = /^AWS::\w*::\w+:(.+)$/;

/**
 * A resource of a finding.
 * @param name its id, name or ARN
 * @param where the path of the name in the event, for messages
 * @throws PermanentError when the ARN is one of another type: what would be acted on is not what the finding says
 */
export const createResource = (
  {
    type: given,
    name,
    account,
    region,
  }: {
    type: string;
    name: string;
    account?: string | null | undefined;
    region?: string | null | undefined;
  },
  finding: Pick<Finding, "account" | "region">,
  where: string,
): Resource => {
  const type = canonicalType(given);
  const arn = parseArn(name);
  if (arn === undefined) {
    return {
      type,
      id: typedId.exec(name)?.[1] ?? name,
      account: account ?? finding.account,
      region: region ?? finding.region,
    };
  }
  const prefix = arnPrefixOf(type);
  const id = prefix === undefined ? name : nameInArn(type, arn, prefix);
  if (!id) {
    throw new PermanentError(
      "MalformedEvent",
      `${where}: expected an ARN of the type ${type}, found ${quote(name)}`,
    );
  }
  return {
    type,
    id,
    arn: name,
    account: /^\d{12}$/.test(arn.account) ? arn.account : (account ?? finding.account),
    region: /^[a-z0-9-]{1,32}$/.test(arn.region) ? arn.region : (region ?? finding.region),
  };
};
