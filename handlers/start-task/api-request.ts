import type { APIGatewayProxyResult } from "aws-lambda";
import * as v from "valibot";
import { type Delivery, firstDelivery } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import { sha256Of } from "../shared/payload";
import { quoted } from "../shared/text";

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

/** What API Gateway hands over of an HTTP request; undefined for every other input. */
export const readApiRequest = (input: unknown): ApiRequest | undefined =>
  v.is(apiRequest, input) ? input : undefined;

const detailOf = ({ body, isBase64Encoded }: ApiRequest): unknown => {
  const json = isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  try {
    return JSON.parse(json);
  } catch {
    const found = json === "" ? "nothing" : quoted(json);
    throw new Rejection("MalformedEvent", `body: expected JSON such as {"service":"auth"}, found ${found}`);
  }
};

/** As long as keys of well-known APIs may be. */
const longestKey = 255;

const keyOf = ({ headers }: ApiRequest): string | undefined => {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "idempotency-key")?.[1];
  if (!given) return undefined;
  if (given.length <= longestKey) return given;
  throw new Rejection(
    "MalformedEvent",
    `Idempotency-Key: expected at most ${longestKey} characters, found ${given.length}`,
  );
};

/** Who sends the request, as API Gateway has established it. */
const callerOf = ({ requestContext: { identity, authorizer } }: ApiRequest): string =>
  identity?.userArn ??
  authorizer?.principalId ??
  identity?.cognitoIdentityId ??
  identity?.apiKeyId ??
  "anybody";

export type ApiDelivery = Delivery & {
  /** Of the caller's `Idempotency-Key`, and of the body that it came with. */
  idempotency?: { id: string; bodySha256: string };
};

/**
 * The event that a request amounts to: its body is the detail. A request that comes again with the same
 * `Idempotency-Key` is the same event, and starts nothing. The key belongs to its caller: neither another caller's key
 * nor the id of an event on a bus is ever the same.
 * @throws Rejection when the body is no JSON, or the key too long
 */
export const deliveryOf = (request: ApiRequest): ApiDelivery => {
  const key = keyOf(request);
  const detail = detailOf(request);
  const id =
    key === undefined
      ? request.requestContext.requestId
      : `api-${sha256Of(JSON.stringify([callerOf(request), key]))}`;
  return {
    ...firstDelivery({ id, source: "api", "detail-type": "Start ECS Task", detail }, { fallbackId: id }),
    ...(key !== undefined && { idempotency: { id, bodySha256: sha256Of(request.body ?? "") } }),
  };
};

const statuses: Readonly<Record<string, number>> = {
  MalformedEvent: 400,
  OverrideNotAllowed: 400,
  OverridesTooLong: 400,
  UnknownService: 404,
  IdempotencyKeyReused: 409,
  TaskStopped: 409,
  TaskFailedToStart: 503,
  TaskWaitTimeout: 504,
};

/** An HTTP response with a body of JSON. */
export const respond = (statusCode: number, body: unknown): APIGatewayProxyResult => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** The response to a request that failed. */
export const respondToFailure = (error: unknown): APIGatewayProxyResult => {
  if (!(error instanceof Error)) return respond(503, { message: String(error) });
  // What no retry cures and the caller did not cause is a fault of the deployment.
  const status = statuses[error.name] ?? (error instanceof Rejection ? 500 : 503);
  return respond(status, { message: error.message });
};
