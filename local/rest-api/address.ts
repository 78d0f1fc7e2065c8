import type { HttpRequest } from "../http";
import type { BasePathMapping } from "./control-plane";

/** Where a request to a deployed API goes. */
export interface Address {
  apiId: string;
  stage: string;
  /** of the resource, with its slash at the beginning */
  path: string;
  /** own name of the API that the request came by */
  domainName?: string;
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

/** Where a request by an API's own domain name goes: the longest base path that its path begins with. */
export function addressByDomain(
  { path }: HttpRequest,
  domainName: string,
  mappings: BasePathMapping[],
): Address | undefined {
  const found = mappings
    .map(({ basePath, restApiId, stage }) => ({
      base: basePath && basePath !== "(none)" ? `/${basePath}` : "",
      apiId: restApiId,
      stage,
    }))
    .filter(({ base }) => path === base || path.startsWith(`${base}/`))
    .sort((a, b) => b.base.length - a.base.length)[0];
  return (
    found && {
      apiId: found.apiId,
      stage: found.stage,
      path: path.slice(found.base.length) || "/",
      domainName,
    }
  );
}
