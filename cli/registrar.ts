import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Outcome } from "../handlers/register-targets/outcomes";
import type { Report } from "../handlers/register-targets/report";
import type { Deployment } from "./deployment";
import { invoke } from "./invoke";

/**
 * Invokes the registrar with an event. Resolves to its report for each service.
 * @throws Error when there is no registrar, or when it rejects the event
 */
export async function invokeRegistrar(
  lambda: LambdaClient,
  { name, registrarFunction }: Deployment,
  event: unknown,
): Promise<Record<string, Report>> {
  if (registrarFunction === undefined) {
    throw new Error(
      `The launcher "${name}" has no registrar (no function ${name}-register-targets). It needs a load balancer or stop events.`,
    );
  }
  const outcome = (await invoke(lambda, registrarFunction, event)) as Outcome;
  if ("rejected" in outcome) throw new Error(outcome.rejected);
  return outcome.services;
}

/** One line for each service. @param emptyText for a service without changes */
export const formatReports = (
  services: Record<string, Report>,
  describeReport: (report: Report) => readonly string[],
  emptyText: string,
): string[] =>
  Object.entries(services).map(([service, report]) => {
    const changes = describeReport(report);
    return `${service}: ${changes.length === 0 ? emptyText : changes.join("; ")}`;
  });
