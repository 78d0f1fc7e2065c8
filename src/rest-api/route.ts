import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, checkOneOf, isToken } from "../core/validation";

/** The Lambda function of a route, such as a {@link Launcher} or a {@link Handler}. */
export interface RestApiRoute {
  /** ARN of the function. */
  readonly functionArn: string;
  /** Name of the same function. The resource-based permission of the route is added to it. */
  readonly functionName: string;
  /**
   * `AWS_IAM`: signed requests of principals with permission for `execute-api:Invoke`. `NONE`: any request from the
   * internet.
   * @default "AWS_IAM"
   */
  readonly authorization?: "AWS_IAM" | "NONE";
  /**
   * Names of required query parameters. API Gateway refuses a request without one of them.
   * @default - none
   */
  readonly requiredQuery?: readonly string[];
}

/** Method and path of a route, parsed from its key in `routes`. */
export interface ParsedRoute {
  /** HTTP method, or `ANY`. */
  readonly method: string;
  /** Path with its variables, for instance `/jobs/{job_id}`. */
  readonly path: string;
  /** Parts of the path, for instance `jobs` and `{job_id}`. */
  readonly segments: readonly string[];
}

const route =
  /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (\/|(?:\/(?:[A-Za-z0-9._:-]+|\{[A-Za-z0-9._-]+\}))*\/(?:[A-Za-z0-9._:-]+|\{[A-Za-z0-9._-]+\+?\}))$/;

const maxParts = 5;

/** Every path and its parent paths, the shorter before the longer: `/jobs`, `/jobs/{job_id}`. */
export const pathsOf = (routes: readonly ParsedRoute[]): string[] => {
  const paths = routes.flatMap(({ segments }) =>
    segments.map((_, index) => `/${segments.slice(0, index + 1).join("/")}`),
  );
  const depth = (path: string) => path.split("/").length;
  return [...new Set(paths)].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
};

/** The path without its last part. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/** The last part of the path. */
export const lastPartOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** @throws ValidationError when API Gateway would refuse the routes, for instance because two of them are ambiguous. */
export function parseRoutes(
  scope: Construct,
  routes: Readonly<Record<string, RestApiRoute>>,
): Map<string, ParsedRoute> {
  check(
    scope,
    Object.keys(routes).length > 0,
    "routes is empty; API Gateway deploys no API without a method.",
  );
  const parsed = new Map(
    Object.entries(routes).map(([name, target]) => {
      checkTarget(scope, name, target);
      return [name, parseRoute(scope, name)];
    }),
  );
  checkVariables(scope, [...parsed.values()]);
  return parsed;
}

function parseRoute(scope: Construct, name: string): ParsedRoute {
  const [, method = "", path = ""] = route.exec(name) ?? [];
  check(
    scope,
    method !== "",
    `routes has "${name}"; a route is a method (GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY), one space and a path such as /jobs/{job_id}: letters, digits and . _ : - or a variable in each part, no slash at its end.`,
  );
  const segments = path.split("/").filter((segment) => segment !== "");
  check(scope, segments.length <= maxParts, `routes has "${name}"; a path here has at most five parts.`);
  return { method, path, segments };
}

function checkTarget(scope: Construct, name: string, target: RestApiRoute): void {
  checkOneOf(scope, `routes["${name}"].authorization`, target.authorization, ["AWS_IAM", "NONE"]);
  const { requiredQuery = [] } = target;
  const pattern = /^[A-Za-z0-9._$-]+$/;
  if (isToken(requiredQuery)) {
    checkAtPlan(
      scope,
      [requiredQuery],
      expression`alltrue([for name in ${requiredQuery} : can(regex(${pattern.source}, name))])`,
      `routes["${name}"].requiredQuery has a name with other characters than letters, digits and . _ $ -.`,
    );
    return;
  }
  for (const parameter of requiredQuery) {
    check(
      scope,
      isToken(parameter) || pattern.test(parameter),
      `routes["${name}"].requiredQuery has "${parameter}"; a name has letters, digits and . _ $ -.`,
    );
  }
}

/** With two variables after the same path a request would be ambiguous, and API Gateway refuses them. */
function checkVariables(scope: Construct, routes: readonly ParsedRoute[]): void {
  const variables = new Map<string, string>();
  for (const path of pathsOf(routes).filter((path) => lastPartOf(path).startsWith("{"))) {
    const other = variables.get(parentOf(path));
    check(
      scope,
      other === undefined,
      `routes has ${other} and ${lastPartOf(path)} after ${parentOf(path)}; API Gateway takes one variable after the same path, with one name.`,
    );
    variables.set(parentOf(path), lastPartOf(path));
  }
}
