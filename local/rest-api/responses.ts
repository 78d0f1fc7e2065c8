import type { HttpResponse } from "../http";
import { type ApiRequest, isBinary } from "./api-request";
import type { IntegrationResponse } from "./resources";

/** A response of API Gateway itself (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html). */
export class GatewayResponse extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errorType: string,
    /** `Message` in errors of IAM */
    readonly field: "message" | "Message" = "message",
  ) {
    super(message);
  }
}

export const failed = () => new GatewayResponse(500, "Internal server error", "InternalServerErrorException");

const malformed = () => new GatewayResponse(502, "Internal server error", "InternalServerErrorException");

export function gatewayResponse(
  { errorType, field, message, status }: GatewayResponse,
  requestId: string,
): HttpResponse {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": errorType,
    },
    body: Buffer.from(JSON.stringify({ [field]: message })),
  };
}

interface ProxyResult {
  statusCode?: unknown;
  headers?: Record<string, unknown> | null;
  multiValueHeaders?: Record<string, unknown[]> | null;
  body?: unknown;
  isBase64Encoded?: boolean;
}

/** The response that a function returned. Throws if it is malformed. */
export function proxyResponse(payload: string, apiRequest: ApiRequest): HttpResponse {
  const result = JSON.parse(payload) as ProxyResult | null;
  if (typeof result !== "object" || result === null || Array.isArray(result)) throw malformed();
  const { body, headers, isBase64Encoded, multiValueHeaders, statusCode } = result;
  const status = Number(statusCode ?? 200);
  if (!Number.isInteger(status) || status < 100 || status > 599) throw malformed();
  if (body !== undefined && body !== null && typeof body !== "string") throw malformed();
  if (Object.values(headers ?? {}).some((value) => typeof value === "object" && value !== null))
    throw malformed();
  const decoded =
    isBase64Encoded === true && isBinary(apiRequest.binaryMediaTypes, apiRequest.request.headers.accept);
  return {
    status,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": apiRequest.requestId,
      ...Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
    },
    repeatedHeaders: Object.fromEntries(
      Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [
        name.toLowerCase(),
        values.map(String),
      ]),
    ),
    body: Buffer.from(body ?? "", decoded ? "base64" : "utf8"),
  };
}

/** The response of a MOCK integration, such as for preflight requests. Throws if its template has no status code. */
export function mockResponse({ method, requestId }: ApiRequest): HttpResponse {
  const { integrationResponses, requestTemplates } = method.methodIntegration ?? {};
  const template = requestTemplates?.["application/json"] ?? "";
  const status = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(template)?.[1];
  const found = status ? (integrationResponses?.[status] ?? integrationResponses?.default) : undefined;
  if (!found) throw failed();
  return {
    status: Number(found.statusCode),
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, ...literalHeaders(found) },
    body: Buffer.from(found.responseTemplates?.["application/json"] ?? ""),
  };
}

// A value in single quotes is literal. Other values refer to a response, which a mock does not have.
function literalHeaders({ responseParameters }: IntegrationResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(responseParameters ?? {}).flatMap(([parameter, value]) => {
      const name = /^method\.response\.header\.(.+)$/.exec(parameter)?.[1];
      const literal = /^'(.*)'$/s.exec(value)?.[1];
      return name && literal !== undefined ? [[name.toLowerCase(), literal]] : [];
    }),
  );
}
