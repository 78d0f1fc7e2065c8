import { runSimulation } from "@cloud-copilot/iam-simulate";
import { terraform } from "../../testing/terraform";

/** The policies of a function's deployed role, from the state. */
export interface RolePolicies {
  readonly roleArn: string;
  readonly documents: readonly { readonly name: string; readonly policy: object }[];
}

interface StateModule {
  readonly resources?: readonly { readonly type: string; readonly values: Record<string, string> }[];
  readonly child_modules?: readonly StateModule[];
}

const resourcesOf = (module: StateModule): { type: string; values: Record<string, string> }[] => [
  ...(module.resources ?? []),
  ...(module.child_modules ?? []).flatMap(resourcesOf),
];

export async function rolePolicies(
  folder: string,
  environment: Record<string, string>,
  role: string,
): Promise<RolePolicies> {
  const state = JSON.parse(await terraform(folder, ["show", "-json"], environment)) as {
    values: { root_module: StateModule };
  };
  const resources = resourcesOf(state.values.root_module);
  const all = (type: string) =>
    resources.filter((resource) => resource.type === type).map(({ values }) => values);
  const attached = all("aws_iam_role_policy_attachment").filter((attachment) => attachment.role === role);
  const documents = [
    ...all("aws_iam_role_policy").filter((inline) => inline.role === role),
    ...all("aws_iam_policy").filter((managed) =>
      attached.some((attachment) => attachment.policy_arn === managed.arn),
    ),
  ];
  return {
    roleArn: all("aws_iam_role").find(({ name }) => name === role)!.arn!,
    documents: documents.map(({ name, policy }) => ({ name: name!, policy: JSON.parse(policy!) as object })),
  };
}

/** Evaluates one request of the role as IAM does. */
export async function evaluate(
  { roleArn, documents }: RolePolicies,
  action: string,
  resource: string,
  contextVariables: Record<string, string | string[]>,
  resourcePolicy?: object,
): Promise<string> {
  const evaluated = await runSimulation(
    {
      identityPolicies: [...documents],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
      request: {
        action,
        principal: roleArn,
        resource: { accountId: "123456789012", resource },
        contextVariables,
      },
    },
    {},
  );
  if (evaluated.resultType === "error") throw new Error(JSON.stringify(evaluated.errors));
  return evaluated.overallResult;
}
