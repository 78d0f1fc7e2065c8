import type { HttpRequest } from "../http";
import type { Caller } from "../routing";
import type { Address } from "./address";
import type { Method, Resource } from "./resources";

/** A request to a deployed API, with the resource and method that it reaches. */
export interface ApiRequest {
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

/** The ARN of the request in permissions and policies. */
export function arnOf({ address, caller, request }: ApiRequest, path: string): string {
  const { apiId, stage } = address;
  return `arn:aws:execute-api:${caller.region}:${caller.account}:${apiId}/${stage}/${request.method}${path}`;
}

export function isBinary(types: string[], contentType = ""): boolean {
  const type = contentType.split(/[;,]/)[0]?.trim().toLowerCase() ?? "";
  return types.some((each) => each === "*/*" || each.toLowerCase() === type);
}
