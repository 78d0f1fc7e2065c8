interface Statement {
  Effect: "Allow" | "Deny";
  Principal?: string | Record<string, string | string[]>;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

interface Policy {
  Statement?: Statement | Statement[];
}

export interface ServiceRequest {
  /** e.g. events.amazonaws.com */
  service: string;
  /** e.g. sqs:SendMessage */
  action: string;
  resource: string;
  /** condition keys, in lower case */
  context: Record<string, string>;
}

/** Whether a resource-based policy allows a request of an AWS service. A statement with unknown conditions does not match. */
export function allowsService(policyText: string | undefined, request: ServiceRequest): boolean {
  if (!policyText) return false;
  const policy = JSON.parse(policyText) as Policy;
  const matching = list(policy.Statement).filter((statement) => matches(statement, request));
  return (
    matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny")
  );
}

/** One policy with the statements of several, or none. */
export function joinPolicies(policies: readonly string[]): string {
  const statements = policies.flatMap((text) => list((JSON.parse(text) as Policy).Statement));
  return JSON.stringify({ Statement: statements } satisfies Policy);
}

function matches(
  { Principal, Action, Resource, Condition = {} }: Statement,
  request: ServiceRequest,
): boolean {
  const principals =
    typeof Principal === "string" ? [Principal] : [...list(Principal?.Service), ...list(Principal?.AWS)];
  return (
    principals.some((principal) => principal === "*" || principal === request.service) &&
    list(Action).some((action) => like(action.toLowerCase(), request.action.toLowerCase())) &&
    list(Resource).some((resource) => like(resource, request.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, request.context[key.toLowerCase()], list(values)),
      ),
    )
  );
}

function holds(operator: string, actual: string | undefined, allowed: string[]): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case "StringEquals":
    case "Bool":
      return allowed.includes(actual);
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return allowed.some((pattern) => like(pattern, actual));
    default:
      return false;
  }
}

/** Whether a text matches a pattern with `*` and `?`. */
export function like(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s").test(text);
}

function list<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
