import { type ApiRequest, isBinary } from "./api-request";

/** The event of a function (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html). */
export function proxyEvent(apiRequest: ApiRequest): object {
  const { address, binaryMediaTypes, pathParameters, request, resource, stageVariables } = apiRequest;
  const { body, headers, method, query, rawHeaders } = request;
  const binary = isBinary(binaryMediaTypes, headers["content-type"]);
  return {
    resource: resource.path,
    // With a custom domain name, the path includes the base path.
    path: address.domainName ? request.path : address.path,
    httpMethod: method,
    headers: orNull(Object.fromEntries(rawHeaders)),
    multiValueHeaders: orNull(grouped(rawHeaders)),
    queryStringParameters: orNull(Object.fromEntries(query)),
    multiValueQueryStringParameters: orNull(grouped([...query])),
    pathParameters: orNull(pathParameters),
    stageVariables: orNull(stageVariables),
    requestContext: requestContext(apiRequest),
    body: body.length === 0 ? null : body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary && body.length > 0,
  };
}

function requestContext({
  accessKey,
  address,
  at,
  caller,
  request,
  requestId,
  resource,
}: ApiRequest): object {
  const domain = address.domainName ?? `${address.apiId}.execute-api.${caller.region}.amazonaws.com`;
  return {
    resourceId: resource.id,
    resourcePath: resource.path,
    httpMethod: request.method,
    extendedRequestId: requestId.slice(0, 8),
    requestTime: clfTime(at),
    requestTimeEpoch: at.getTime(),
    path: address.domainName ? request.path : `/${address.stage}${address.path}`,
    accountId: caller.account,
    protocol: "HTTP/1.1",
    stage: address.stage,
    domainPrefix: domain.split(".")[0],
    domainName: domain,
    requestId,
    apiId: address.apiId,
    identity: {
      accessKey: accessKey || null,
      accountId: accessKey ? caller.account : null,
      sourceIp: "127.0.0.1",
      userAgent: request.headers["user-agent"] ?? null,
    },
  };
}

function grouped(pairs: [string, string][]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) all[name] = [...(all[name] ?? []), value];
  return all;
}

function orNull<T extends object>(fields: T): T | null {
  return Object.keys(fields).length > 0 ? fields : null;
}

/** e.g. 02/Jan/2026:03:04:05 +0000 */
function clfTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
