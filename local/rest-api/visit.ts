import type { HttpRequest } from "../http";
import type { Caller } from "../routing";
import type { Address } from "./address";
import type { Method, Resource } from "./resources";

/** One request to a deployed API, when it is known what it reaches. */
export interface Visit {
  request: HttpRequest;
  address: Address;
  caller: Caller;
  accessKey: string;
  requestId: string;
  resource: Resource;
  method: Method;
  pathParameters: Record<string, string>;
  stageVariables: Record<string, string>;
  binaryMediaTypes: string[];
  at: Date;
}

/** What permissions and policies call it. */
export function arnOf({ address, caller, request }: Visit, path: string): string {
  const { apiId, stage } = address;
  return `arn:aws:execute-api:${caller.region}:${caller.account}:${apiId}/${stage}/${request.method}${path}`;
}

export function isBinary(types: string[], contentType = ""): boolean {
  const type = contentType.split(/[;,]/)[0]?.trim().toLowerCase() ?? "";
  return types.some((each) => each === "*/*" || each.toLowerCase() === type);
}
