import type { HttpRequest } from "../http";
import type { BasePathMapping } from "./control-plane";

/** The API, stage and path of a request to a deployed API. */
export interface Address {
  apiId: string;
  stage: string;
  /** path of the resource, with a leading slash */
  path: string;
  /** custom domain name in the request */
  domainName?: string;
}

/** Returns undefined if the request is not for an API. */
export function addressOf({ headers, path }: HttpRequest): Address | undefined {
  const [, id, stage, rest] = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/.exec(path) ?? [];
  if (id && stage) return { apiId: id, stage, path: rest ?? "/" };
  const apiId = /^([a-z0-9]+)\.execute-api\./.exec(headers.host ?? "")?.[1];
  if (!apiId) return undefined;
  const [, stageInPath = "", resourcePath] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  return { apiId, stage: stageInPath, path: resourcePath ?? "/" };
}

/** The address of a request by a custom domain name: that of the longest matching base path. */
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
