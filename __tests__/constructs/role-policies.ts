type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** A reference in a policy to a value that only Terraform knows. */
const reference = /\$\{trimprefix\(trimsuffix\(jsonencode\((.*?)\), "\\""\), "\\""\)\}/g;
const replaced = /^replace\("([^"]+)", "([^"]+)", "([^"]+)"\)$/;

const arnOf: Record<string, (name: string, path: string) => string> = {
  aws_iam_role: (name, path) => `arn:aws:iam::123456789012:role${path}${name}`,
  aws_sqs_queue: (name) => `arn:aws:sqs:eu-west-1:123456789012:${name}`,
  aws_cloudwatch_log_group: (name) => `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`,
};

/** The value of an expression, if the synthesized stack determines it. */
function resolved(resources: Resources, expression: string): string {
  const [, text, from, to] = replaced.exec(expression) ?? [];
  if (text !== undefined) return text.replace(from!, to!);
  const [type = "", id = "", attribute] = expression.split(".");
  const { name, path = "/" } = resources[type]?.[id] ?? {};
  if (attribute !== "arn" || !arnOf[type] || typeof name !== "string")
    throw new Error(`The stack does not determine the value of ${expression}`);
  return arnOf[type](name, String(path));
}

/** The inline policies of a stack with one role, with resolved references. */
export const rolePolicies = (resources: Resources): { name: string; policy: object }[] =>
  Object.values(resources.aws_iam_role_policy ?? {}).map(({ name, policy }) => ({
    name: String(name),
    policy: resolvedPolicy(resources, String(policy)),
  }));

const list = /\$\{jsonencode\(distinct\(\[([^\]]*)\]\)\)\}/g;

/** The document of a policy, with resolved references. */
export const resolvedPolicy = (resources: Resources, policy: string): object =>
  JSON.parse(
    policy
      .replace(reference, (_, expression: string) => resolved(resources, expression))
      .replace(list, (_, expressions: string) =>
        JSON.stringify(expressions.split(", ").map((expression) => resolved(resources, expression))),
      ),
  ) as object;
