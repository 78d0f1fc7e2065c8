import type { APIGatewayProxyResult } from "aws-lambda";
import * as v from "valibot";
import { createDelivery, type Delivery } from "../shared/envelope";
import { PermanentError } from "../shared/failures";
import { hashSha256 } from "../shared/payload";
import { quote } from "../shared/text";

const text = v.nullish(v.string());
const apiRequest = v.object({
  httpMethod: v.string(),
  requestContext: v.object({
    requestId: v.string(),
    identity: v.nullish(v.object({ userArn: text, cognitoIdentityId: text, apiKeyId: text })),
    authorizer: v.nullish(v.object({ principalId: text })),
  }),
  headers: v.nullish(v.record(v.string(), text)),
  body: text,
  isBase64Encoded: v.optional(v.boolean()),
});
export type ApiRequest = v.InferOutput<typeof apiRequest>;

/** An HTTP request from API Gateway; undefined for any other input. */
export const readApiRequest = (input: unknown): ApiRequest | undefined =>
  v.is(apiRequest, input) ? input : undefined;

const parseDetail = ({ body, isBase64Encoded }: ApiRequest): unknown => {
  const json = isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  try {
    return JSON.parse(json);
  } catch {
    const found = json === "" ? "nothing" : quote(json);
    throw new PermanentError(
      "MalformedEvent",
      `body: expected JSON such as {"service":"auth"}, found ${found}`,
    );
  }
};

/** A common limit of APIs. */
const maxKeyLength = 255;

const readIdempotencyKey = ({ headers }: ApiRequest): string | undefined => {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "idempotency-key")?.[1];
  if (!given) return undefined;
  if (given.length <= maxKeyLength) return given;
  throw new PermanentError(
    "MalformedEvent",
    `Idempotency-Key: expected at most ${maxKeyLength} characters, found ${given.length}`,
  );
};

/** The caller, as authenticated by API Gateway. */
const identifyCaller = ({ requestContext: { identity, authorizer } }: ApiRequest): string =>
  identity?.userArn ??
  authorizer?.principalId ??
  identity?.cognitoIdentityId ??
  identity?.apiKeyId ??
  "anybody";

export type ApiDelivery = Delivery & {
  /** Present when the request has an `Idempotency-Key`. */
  idempotency?: { id: string; bodySha256: string };
};

/**
 * Makes an event of a request, with the body as its detail. Requests of one caller with the same `Idempotency-Key` are the
 * same event, so that only the first one starts a task. Keys of different callers never clash, neither with each other
 * nor with ids of events.
 * @throws PermanentError when the body is not JSON, or the key is too long
 */
export const toDelivery = (request: ApiRequest): ApiDelivery => {
  const key = readIdempotencyKey(request);
  const detail = parseDetail(request);
  const id =
    key === undefined
      ? request.requestContext.requestId
      : `api-${hashSha256(JSON.stringify([identifyCaller(request), key]))}`;
  return {
    ...createDelivery({ id, source: "api", "detail-type": "Start ECS Task", detail }, { fallbackId: id }),
    ...(key !== undefined && { idempotency: { id, bodySha256: hashSha256(request.body ?? "") } }),
  };
};

const statusByErrorName: Readonly<Record<string, number>> = {
  MalformedEvent: 400,
  OverrideNotAllowed: 400,
  OverridesTooLong: 400,
  UnknownService: 404,
  IdempotencyKeyReused: 409,
  TaskStopped: 409,
  TaskFailedToStart: 503,
  TaskWaitTimeout: 504,
};

export const respond = (statusCode: number, body: unknown): APIGatewayProxyResult => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export const respondToFailure = (error: unknown): APIGatewayProxyResult => {
  if (!(error instanceof Error)) return respond(503, { message: String(error) });
  // A permanent error that the caller did not cause is an error of the deployment.
  const status = statusByErrorName[error.name] ?? (error instanceof PermanentError ? 500 : 503);
  return respond(status, { message: error.message });
};
