import type { RequestAnalysis, SimulationErrors } from "@cloud-copilot/iam-simulate";
import { like } from "../resource-policy";
import type { Context, Right } from "./authorization";
import type { Policy } from "./roles";

type Evaluator = typeof import("@cloud-copilot/iam-simulate");

export interface Question {
  /** ARN of the session, or the name of an AWS service */
  principal: string;
  /** account of the resource */
  account: string;
  right: Right;
  /** condition keys that every request has */
  context: Context;
  policies: Policy[];
  boundary?: Policy;
  resourcePolicy?: object;
}

/** Loads what evaluates policies, an optional peer dependency; undefined when it is not installed. */
export function loadEvaluator(): Evaluator | undefined {
  try {
    return require("@cloud-copilot/iam-simulate") as Evaluator;
  } catch (error) {
    if ((error as { code?: string }).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Why AWS refuses, in its words; undefined when it allows. */
export async function refusal(evaluator: Evaluator, question: Question): Promise<string | undefined> {
  const { account, boundary, context, policies, principal, resourcePolicy, right } = question;
  const simulate = (resource: string) =>
    evaluator.runSimulation(
      {
        identityPolicies: policies,
        permissionBoundaryPolicies: boundary && [boundary],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
        request: {
          principal,
          action: right.action,
          resource: { resource, accountId: account },
          contextVariables: { ...context, ...right.context },
        },
      },
      {},
    );
  let answer = await simulate(right.resource);
  // An action without resource types is evaluated on "*", whatever it is about.
  if (answer.resultType === "error" && answer.errors.message === "must.use.wildcard")
    answer = await simulate("*");
  if (answer.resultType === "error") return unclear(answer.errors);
  const analyses =
    answer.resultType === "single"
      ? [answer.result.analysis]
      : // Of a resource with wildcards AWS compares the text: a policy about a part of it does not allow the whole.
        answer.results
          .filter(({ resourcePattern }) => like(resourcePattern, right.resource))
          .map(({ analysis }) => analysis);
  if (analyses.length > 0 && analyses.every(({ result }) => result === "Allowed")) return undefined;
  return wording(
    analyses.find(({ result }) => result !== "Allowed"),
    right.action,
  );
}

function wording(analysis: RequestAnalysis | undefined, action: string): string {
  const { identityAnalysis, permissionBoundaryAnalysis, resourceAnalysis, result } = analysis ?? {};
  if (identityAnalysis?.result === "ExplicitlyDenied")
    return "with an explicit deny in an identity-based policy";
  if (resourceAnalysis?.result === "ExplicitlyDenied")
    return "with an explicit deny in a resource-based policy";
  if (result === "ExplicitlyDenied") return "with an explicit deny";
  if (identityAnalysis?.result === "Allowed" && permissionBoundaryAnalysis?.result === "ImplicitlyDenied")
    return `because no permissions boundary allows the ${action} action`;
  if (identityAnalysis?.result === "Allowed")
    return `because no resource-based policy allows the ${action} action`;
  return `because no identity-based policy allows the ${action} action`;
}

function unclear(errors: SimulationErrors): string {
  return `because local AWS cannot evaluate it: ${JSON.stringify(errors)}`;
}
