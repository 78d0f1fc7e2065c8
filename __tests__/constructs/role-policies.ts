type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** Where a policy refers to something that only Terraform will know. */
const reference = /\$\{trimprefix\(trimsuffix\(jsonencode\((.*?)\), "\\""\), "\\""\)\}/g;
const replaced = /^replace\("([^"]+)", "([^"]+)", "([^"]+)"\)$/;

const arnOf: Record<string, (name: string) => string> = {
  aws_sqs_queue: (name) => `arn:aws:sqs:eu-west-1:123456789012:${name}`,
  aws_cloudwatch_log_group: (name) => `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`,
};

/** The value that an expression will have, as far as the stack itself tells. */
function resolved(resources: Resources, expression: string): string {
  const [, text, from, to] = replaced.exec(expression) ?? [];
  if (text !== undefined) return text.replace(from!, to!);
  const [type = "", id = "", attribute] = expression.split(".");
  const name = resources[type]?.[id]?.name;
  if (attribute !== "arn" || !arnOf[type] || typeof name !== "string")
    throw new Error(`What ${expression} will be is not told by the stack`);
  return arnOf[type](name);
}

/** The inline policies of a stack with one role, as AWS will have them. */
export const rolePolicies = (resources: Resources): { name: string; policy: object }[] =>
  Object.values(resources.aws_iam_role_policy ?? {}).map(({ name, policy }) => ({
    name: String(name),
    policy: JSON.parse(
      String(policy).replace(reference, (_, expression: string) => resolved(resources, expression)),
    ) as object,
  }));
