import type { Construct } from "constructs";
import { expression } from "./expression";
import { check, checkAtPlan, checkMatches, isToken } from "./validation";

/** Inputs that most blocks have. */
interface CommonInputs {
  readonly kmsKeyArn?: string;
  readonly alarmActions?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Blocks whose resources take any character in tags. Services such as IAM, ECS and CloudWatch Logs take the characters of
 * {@link tagCharacters} only.
 */
const anyCharacterInTags = ["bucket", "dead-letter-queue", "event-rule", "monitoring", "queue", "repository"];

/** @throws ValidationError when AWS would refuse the key, the alarm actions or the tags of a block. */
export function checkCommonInputs(scope: Construct, module: string, inputs: CommonInputs): void {
  checkKmsKeyArn(scope, "kmsKeyArn", inputs.kmsKeyArn);
  checkAlarmActions(scope, inputs.alarmActions);
  checkTags(scope, inputs.tags, !anyCharacterInTags.includes(module));
}

/** ARN of a KMS key. */
export const kmsKeyArn = /^arn:[^:]+:kms:[^:]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/;

/** @throws ValidationError when a value is not the ARN of a KMS key, but for instance an alias. */
export function checkKmsKeyArn(scope: Construct, prop: string, arn: string | undefined): void {
  checkMatches(
    scope,
    prop,
    arn,
    kmsKeyArn,
    'it takes the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab". IAM ignores aliases and IDs: give the ARN of the key that they name.',
  );
}

const actionArn = /^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$/;

function checkAlarmActions(scope: Construct, actions: readonly string[] | undefined): void {
  if (actions === undefined) return;
  const message = (count: number | string): string =>
    `alarmActions has ${count} ARNs; CloudWatch takes at most 5 for an alarm. Notify one SNS topic, which notifies the others.`;
  if (isToken(actions)) {
    checkAtPlan(scope, [actions], expression`length(${actions}) <= 5`, message("more than 5"));
    return;
  }
  check(scope, actions.length <= 5, message(actions.length));
  for (const action of actions) {
    checkMatches(
      scope,
      "alarmActions",
      action,
      actionArn,
      'it takes ARNs, such as that of an SNS topic, "arn:aws:sns:eu-west-1:123456789012:oncall".',
    );
    check(
      scope,
      isToken(action) || action.length <= 1024,
      `alarmActions has an ARN of ${action.length} characters; CloudWatch takes at most 1024.`,
    );
  }
}

/** What IAM, ECS, EFS, Elastic Load Balancing and CloudWatch Logs take in keys and values of tags. */
const tagCharacters = "[\\p{L}\\p{Z}\\p{N}_.:/=+@-]";

function checkTags(scope: Construct, tags: CommonInputs["tags"], onlyTagCharacters: boolean): void {
  if (tags === undefined) return;
  // Lengths apart from the pattern: Terraform needs long to compile a class of letters that repeats 256 times.
  const pattern = `^${onlyTagCharacters ? tagCharacters : "[\\s\\S]"}*$`;
  const allowed = `AWS takes keys of 1 to 128 characters that do not begin with "aws:", and values of at most 256 characters${onlyTagCharacters ? ", which are letters, digits, spaces and _ . : / = + - @" : ""}.`;
  if (isToken(tags)) {
    checkAtPlan(
      scope,
      [tags],
      expression`length(${tags}) <= 50 && alltrue([for key, value in ${tags} : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex(${pattern}, key)) && can(regex(${pattern}, value == null ? "" : value))])`,
      `tags has a tag that AWS refuses, or more than 50; ${allowed}`,
    );
    return;
  }
  const entries = Object.entries(tags);
  check(scope, entries.length <= 50, `tags has ${entries.length} tags; a resource has at most 50.`);
  const characters = new RegExp(pattern, "u");
  const isAllowed = (text: string, longest: number) => text.length <= longest && characters.test(text);
  const refused = entries.filter(
    ([name, text]) =>
      !isToken(name) &&
      (name === "" ||
        !isAllowed(name, 128) ||
        /^aws:/i.test(name) ||
        (!isToken(text) && !isAllowed(text ?? "", 256))),
  );
  check(
    scope,
    refused.length === 0,
    `tags has ${refused.map(([name, text]) => `"${name}" = "${text}"`).join(", ")}; ${allowed}`,
  );
}
