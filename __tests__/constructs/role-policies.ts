type Resource = Record<string, unknown>;
type Resources = Record<string, Record<string, Resource>>;

/** A reference in a policy to a value that only Terraform knows. */
const reference = /\$\{trimprefix\(trimsuffix\(jsonencode\((.*?)\), "\\""\), "\\""\)\}/g;
const replaced = /^replace\((.+), "([^"]+)", "([^"]+)"\)$/;

const account = "123456789012";
const region = "eu-west-1";

/** The ARN of a resource, where its properties determine it. */
const arnOf: Record<string, (properties: Resource) => string> = {
  aws_iam_role: ({ name, path = "/" }) => `arn:aws:iam::${account}:role${path}${name}`,
  aws_sqs_queue: ({ name }) => `arn:aws:sqs:${region}:${account}:${name}`,
  aws_cloudwatch_log_group: ({ name }) => `arn:aws:logs:${region}:${account}:log-group:${name}`,
  aws_ecs_cluster: ({ name }) => `arn:aws:ecs:${region}:${account}:cluster/${name}`,
  aws_ecs_service: ({ name }) => `arn:aws:ecs:${region}:${account}:service/cluster/${name}`,
  // The ID is AWS's own choice.
  aws_kms_key: () => `arn:aws:kms:${region}:${account}:key/made-here`,
  aws_lambda_function: ({ function_name: name }) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  // Terraform adds a suffix to the prefix.
  aws_s3_bucket: ({ bucket, bucket_prefix: prefix }) => `arn:aws:s3:::${bucket ?? `${prefix}1`}`,
};

/** What data sources say. */
const dataOf: readonly [RegExp, string][] = [
  [/^data\.aws_partition\.[\w-]+\.partition$/, "aws"],
  [/^data\.aws_caller_identity\.[\w-]+\.account_id$/, account],
  [
    /^try\(aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn, ""\)$/,
    `arn:aws:secretsmanager:${region}:${account}:secret:rds!db-AbCdEf`,
  ],
  [/^element\(split\("\.", data\.aws_region\.[\w-]+\.endpoint\), 1\)$/, region],
];

/** The value of an expression, if the synthesized stack determines it. */
function resolved(resources: Resources, expression: string): string {
  const [, inner, from, to] = replaced.exec(expression) ?? [];
  if (inner !== undefined) return resolved(resources, inner).replace(from!, to!);
  const [, text] = /^"(.*)"$/.exec(expression) ?? [];
  if (text !== undefined) return text;
  const data = dataOf.find(([form]) => form.test(expression));
  if (data) return data[1];
  const [type = "", id = "", attribute = ""] = expression.split(".");
  const properties = resources[type]?.[id];
  const isArn = attribute === "arn" || `${type}.${attribute}` === "aws_ecs_service.id";
  const value = properties && (isArn ? arnOf[type]?.(properties) : properties[attribute]);
  if (typeof value !== "string") throw new Error(`The stack does not determine the value of ${expression}`);
  return value;
}

interface NamedPolicy {
  readonly name: string;
  readonly policy: object;
}

const named = (resources: Resources, { name, policy }: Resource): NamedPolicy => ({
  name: String(name),
  policy: resolvedPolicy(resources, String(policy)),
});

/** The inline policies of a stack with one role, with resolved references. */
export const rolePolicies = (resources: Resources): NamedPolicy[] =>
  Object.values(resources.aws_iam_role_policy ?? {}).map((each) => named(resources, each));

/** The inline and attached policies of the role with a name, with resolved references. */
export function policiesOfRole(resources: Resources, role: string): NamedPolicy[] {
  const ofRole = (each: Resource) =>
    resolved(resources, String(each.role).replace(/^\$\{(.*)\}$/, "$1")) === role;
  const inline = Object.values(resources.aws_iam_role_policy ?? {}).filter(ofRole);
  const attached = Object.values(resources.aws_iam_role_policy_attachment ?? {})
    .filter(ofRole)
    .map(({ policy_arn }) => resources.aws_iam_policy?.[String(policy_arn).split(".")[1]!] ?? {});
  return [...inline, ...attached].map((each) => named(resources, each));
}

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
