import type { APIGatewayProxyResult } from "aws-lambda";
import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { Rejection } from "../shared/failures";

const proxyEvent = v.object({
  httpMethod: v.string(),
  requestContext: v.object({ requestId: v.string() }),
  headers: v.nullish(v.record(v.string(), v.nullish(v.string()))),
  body: v.nullish(v.string()),
  isBase64Encoded: v.optional(v.boolean()),
});
export type ProxyEvent = v.InferOutput<typeof proxyEvent>;

/** What API Gateway hands over of an HTTP request; undefined for every other input. */
export const readProxyEvent = (input: unknown): ProxyEvent | undefined =>
  v.is(proxyEvent, input) ? input : undefined;

const detailOf = ({ body, isBase64Encoded }: ProxyEvent): unknown => {
  const text = isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  try {
    return JSON.parse(text);
  } catch {
    throw new Rejection(
      "MalformedEvent",
      `body: expected JSON such as {"service":"auth"}, found ${text.slice(0, 80) || "nothing"}`,
    );
  }
};

/**
 * The event that a request amounts to: its body is the detail. A request that comes again with the same
 * `Idempotency-Key` is the same event, and starts nothing.
 * @throws Rejection when the body is no JSON
 */
export const deliveryOf = (request: ProxyEvent): Delivery => {
  const headers = Object.entries(request.headers ?? {});
  const key = headers.find(([name]) => name.toLowerCase() === "idempotency-key")?.[1];
  const id = key || request.requestContext.requestId;
  return {
    event: { id, source: "api", "detail-type": "Start ECS Task", detail: detailOf(request) },
    fallbackId: id,
    deliveries: 1,
    attempt: 1,
  };
};

const statuses: Readonly<Record<string, number>> = {
  MalformedEvent: 400,
  OverrideNotAllowed: 400,
  OverridesTooLong: 400,
  UnknownService: 404,
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
