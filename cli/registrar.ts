import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Outcome } from "../handlers/register-targets/outcomes";
import type { Report } from "../handlers/register-targets/report";
import type { Deployment } from "./deployment";
import { invoke } from "./invoke";

/**
 * Hands an event to the registrar and resolves with what it found and did, by service.
 * @throws Error when the deployment has no registrar, or with why it refuses the event
 */
export async function askRegistrar(
  lambda: LambdaClient,
  { name, registrarFunction }: Deployment,
  event: unknown,
): Promise<Record<string, Report>> {
  if (registrarFunction === undefined) {
    throw new Error(
      `The launcher "${name}" has no registrar (the function ${name}-register-targets): it is made with a load balancer or with stop events.`,
    );
  }
  const outcome = (await invoke(lambda, registrarFunction, event)) as Outcome;
  if ("rejected" in outcome) throw new Error(outcome.rejected);
  return outcome.services;
}

/** One line for each service. */
export const linesFor = (
  services: Record<string, Report>,
  sentence: (report: Report) => readonly string[],
  otherwise: string,
): string[] =>
  Object.entries(services).map(([service, report]) => {
    const said = sentence(report);
    return `${service}: ${said.length === 0 ? otherwise : said.join("; ")}`;
  });
