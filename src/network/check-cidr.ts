import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isToken } from "../core/validation";
import { parseCidr } from "./cidr";

/** @throws ValidationError unless `cidr` is an IPv4 range, written with its first address. */
export function checkCidr(scope: Construct, prop: string, cidr: string): void {
  const message = `${prop} is "${cidr}"; it takes an IPv4 range with its first address, such as "10.0.0.0/16".`;
  if (!isToken(cidr)) check(scope, parseCidr(cidr) !== undefined, message);
  else
    checkAtPlan(
      scope,
      [cidr],
      expression`can(cidrnetmask(${cidr})) && try(cidrsubnet(${cidr}, 0, 0), "") == ${cidr}`,
      message,
    );
}
