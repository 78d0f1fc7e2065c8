import type { RequestAnalysis, SimulationErrors } from "@cloud-copilot/iam-simulate";
import { like } from "../resource-policy";
import type { Context, Permission } from "./authorization";
import type { Policy } from "./roles";

type Evaluator = typeof import("@cloud-copilot/iam-simulate");

export interface EvaluationRequest {
  /** ARN of the role session, or the name of an AWS service */
  principal: string;
  /** account of the resource */
  account: string;
  permission: Permission;
  /** condition keys that every request has */
  context: Context;
  policies: Policy[];
  boundary?: Policy;
  sessionPolicy?: object;
  resourcePolicy?: object;
}

/** Loads the policy evaluator, an optional peer dependency. Returns undefined if it is not installed. */
export function loadEvaluator(): Evaluator | undefined {
  try {
    return require("@cloud-copilot/iam-simulate") as Evaluator;
  } catch (error) {
    if ((error as { code?: string }).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Why IAM denies the request, in the words of AWS; undefined if it allows it. */
export async function denialReason(
  evaluator: Evaluator,
  request: EvaluationRequest,
): Promise<string | undefined> {
  const { account, boundary, context, policies, principal, resourcePolicy, permission, sessionPolicy } =
    request;
  const simulate = (resource: string) =>
    evaluator.runSimulation(
      {
        identityPolicies: policies,
        permissionBoundaryPolicies: boundary && [boundary],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
        sessionPolicy,
        request: {
          principal,
          action: permission.action,
          resource: { resource, accountId: account },
          contextVariables: { ...context, ...permission.context },
        },
      },
      {},
    );
  let answer = await simulate(permission.resource);
  // An action without resource types is evaluated on "*".
  if (answer.resultType === "error" && answer.errors.message === "must.use.wildcard")
    answer = await simulate("*");
  if (answer.resultType === "error") return evaluationError(answer.errors);
  const analyses =
    answer.resultType === "single"
      ? [answer.result.analysis]
      : // AWS compares a resource with wildcards as text: a policy on a part of it does not allow the whole.
        answer.results
          .filter(({ resourcePattern }) => like(resourcePattern, permission.resource))
          .map(({ analysis }) => analysis);
  if (analyses.length > 0 && analyses.every(({ result }) => result === "Allowed")) return undefined;
  return denialText(
    analyses.find(({ result }) => result !== "Allowed"),
    permission.action,
  );
}

function denialText(analysis: RequestAnalysis | undefined, action: string): string {
  const { identityAnalysis, permissionBoundaryAnalysis, resourceAnalysis, result, sessionAnalysis } =
    analysis ?? {};
  if (identityAnalysis?.result === "ExplicitlyDenied")
    return "with an explicit deny in an identity-based policy";
  if (resourceAnalysis?.result === "ExplicitlyDenied")
    return "with an explicit deny in a resource-based policy";
  if (sessionAnalysis?.result === "ExplicitlyDenied") return "with an explicit deny in a session policy";
  if (result === "ExplicitlyDenied") return "with an explicit deny";
  if (identityAnalysis?.result === "Allowed" && sessionAnalysis?.result === "ImplicitlyDenied")
    return `because no session policy allows the ${action} action`;
  if (identityAnalysis?.result === "Allowed" && permissionBoundaryAnalysis?.result === "ImplicitlyDenied")
    return `because no permissions boundary allows the ${action} action`;
  if (identityAnalysis?.result === "Allowed")
    return `because no resource-based policy allows the ${action} action`;
  return `because no identity-based policy allows the ${action} action`;
}

function evaluationError(errors: SimulationErrors): string {
  return `because local AWS cannot evaluate it: ${JSON.stringify(errors)}`;
}
