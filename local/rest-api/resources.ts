/** A resource of an API, as in the response of GetResources. */
export interface Resource {
  id: string;
  path: string;
  resourceMethods?: Record<string, Method>;
}

export interface Method {
  authorizationType?: string | null;
  requestParameters?: Record<string, boolean> | null;
  requestValidatorId?: string | null;
  methodIntegration?: Integration | null;
}

export interface Integration {
  type: string;
  uri?: string | null;
  timeoutInMillis?: number | string | null;
  requestTemplates?: Record<string, string> | null;
  integrationResponses?: Record<string, IntegrationResponse> | null;
}

export interface IntegrationResponse {
  statusCode: string;
  responseParameters?: Record<string, string> | null;
  responseTemplates?: Record<string, string | null> | null;
}

export interface Found {
  resource: Resource;
  pathParameters: Record<string, string>;
}

/** Finds the resource of a path: a literal segment has precedence over {name}, and that over {name+}. */
export function findResource(resources: Resource[], path: string): Found | undefined {
  const segments = segmentsOf(path);
  const found = resources.flatMap((resource) => {
    const pathParameters = match(segmentsOf(resource.path), segments);
    return pathParameters ? [{ resource, pathParameters }] : [];
  });
  return found.sort((a, b) => compare(a.resource.path, b.resource.path))[0];
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = segments[index];
    if (value === undefined) return undefined;
    const [, name = "", greedy] = /^\{(.+?)(\+)?\}$/.exec(part) ?? [];
    if (greedy) return { ...parameters, [name]: segments.slice(index).join("/") };
    if (name) parameters[name] = value;
    else if (part !== value) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

function compare(a: string, b: string): number {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  for (const [index, rank] of ranksA.entries()) {
    const difference = rank - (ranksB[index] ?? 3);
    if (difference !== 0) return difference;
  }
  return 0;
}

function ranks(path: string): number[] {
  return segmentsOf(path).map((part) => (part.endsWith("+}") ? 2 : part.startsWith("{") ? 1 : 0));
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
