import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";

interface Statement {
  readonly Action: string | readonly string[];
}

interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** One policy of one role, which can be replaced temporarily. */
export interface RolePolicy {
  readonly role: string;
  readonly name: string;
  readonly document: Document;
  /** Replaces the document. Resolves with a function that restores the old one. */
  replace(document: Document): Promise<() => Promise<unknown>>;
}

/** The policies of all roles of the account, without AWS managed policies. */
export async function rolePolicies(iam: IAMClient): Promise<RolePolicy[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand());
  const policies = await Promise.all(
    Roles.map(async ({ RoleName = "" }) => [
      ...(await inlinePolicies(iam, RoleName)),
      ...(await attachedPolicies(iam, RoleName)),
    ]),
  );
  return policies.flat();
}

/** Every action of a policy, each once. */
export function actionsOf({ document }: RolePolicy): string[] {
  return [...new Set(document.Statement.flatMap(({ Action }) => Action))];
}

/** The document without one action. */
export function without({ document }: RolePolicy, action: string): Document {
  const Statement = document.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((each) => each !== action),
  })).filter(({ Action }) => Action.length > 0);
  // IAM requires at least one statement.
  const nothing = { Effect: "Deny", Action: "sts:GetFederationToken", Resource: "*" };
  return { ...document, Statement: Statement.length > 0 ? Statement : [nothing] };
}

async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<RolePolicy[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  return Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      const document = parse(PolicyDocument);
      const put = (each: Document) =>
        iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(each) }));
      return {
        role: RoleName,
        name: PolicyName,
        document,
        replace: async (other) => {
          await put(other);
          return () => put(document);
        },
      };
    }),
  );
}

async function attachedPolicies(iam: IAMClient, RoleName: string): Promise<RolePolicy[]> {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const own = AttachedPolicies.filter(({ PolicyArn = "" }) => !PolicyArn.includes(":iam::aws:"));
  return Promise.all(
    own.map(async ({ PolicyArn, PolicyName = "" }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const VersionId = Policy?.DefaultVersionId;
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      return {
        role: RoleName,
        name: PolicyName,
        document: parse(PolicyVersion?.Document),
        replace: async (other) => {
          const PolicyDocument = JSON.stringify(other);
          const created = await iam.send(
            new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
          );
          return async () => {
            await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }));
            await iam.send(
              new DeletePolicyVersionCommand({ PolicyArn, VersionId: created.PolicyVersion?.VersionId }),
            );
          };
        },
      };
    }),
  );
}

/** Parses a document of IAM, which is URL-encoded. */
function parse(document = ""): Document {
  return JSON.parse(decodeURIComponent(document)) as Document;
}
