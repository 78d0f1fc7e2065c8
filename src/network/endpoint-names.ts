import type { Construct } from "constructs";
import { check } from "../core/validation";

/** Names of services that their endpoints do not have, and what the endpoints are called. */
const endpointNames: Readonly<Record<string, string>> = {
  cloudwatch: "monitoring",
  "cloudwatch-logs": "logs",
  ecr: "ecr.api and ecr.dkr",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  eventbridge: "events",
  "secrets-manager": "secretsmanager",
  "step-functions": "states",
  stepfunctions: "states",
  "systems-manager": "ssm",
};

/** @throws ValidationError when a service has no endpoint of the name given, and another one is meant. */
export function checkEndpointNames(scope: Construct, services: readonly string[]): void {
  const wrong = services.filter((service) => service in endpointNames);
  check(
    scope,
    wrong.length === 0,
    `interfaceEndpoints names ${wrong.map((service) => `"${service}"`).join(", ")}; there is no such endpoint. Give ${wrong.map((service) => endpointNames[service]).join(", ")}.`,
  );
}
