import type { HttpRequest } from "../http";

/** Where a request to a deployed API goes. */
export interface Address {
  apiId: string;
  stage: string;
  /** of the resource, with its slash at the beginning */
  path: string;
}

/** undefined when the request is not for an API. */
export function addressOf({ headers, path }: HttpRequest): Address | undefined {
  const [, id, stage, rest] = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/.exec(path) ?? [];
  if (id && stage) return { apiId: id, stage, path: rest ?? "/" };
  const apiId = /^([a-z0-9]+)\.execute-api\./.exec(headers.host ?? "")?.[1];
  if (!apiId) return undefined;
  const [, stageInPath = "", behind] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  return { apiId, stage: stageInPath, path: behind ?? "/" };
}
