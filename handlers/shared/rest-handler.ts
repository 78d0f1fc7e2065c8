import type { APIGatewayProxyResult, Context } from "aws-lambda";
import { nameOfError, PermanentError, TransientError } from "./failures";
import { createLog, type Log, type LogLevel, toErrorFields, type WriteLine, writeToStdout } from "./log";
import { createMetricsEmitter, type EmitMetrics } from "./metrics";
import { type RestRequest, readRestRequest } from "./rest-request";

export type RestAnswer = { statusCode: number; body: unknown };

export type RestInvocation = Pick<Context, "awsRequestId" | "functionName">;

/** What a request's log lines and metrics need. */
export type RestContext = { log: Log; emit: EmitMetrics };

export type RestHandlerOptions = {
  /** Dimension Service of the metrics. */
  service: string;
  logLevel: LogLevel;
  now: () => number;
  write?: WriteLine | undefined;
};

const statusByErrorName: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  IdempotencyKeyReused: 409,
};

const toResult = (statusCode: number, body: unknown): APIGatewayProxyResult => ({
  statusCode,
  headers: {
    "content-type": "application/json",
    ...(statusCode === 503 && { "retry-after": "5" }),
  },
  body: JSON.stringify(body),
});

/** The answer of the API to an error. What went wrong inside is in the log only. */
const answerFailure = (error: unknown): { statusCode: number; body: { error: string } } => {
  if (error instanceof PermanentError) {
    const statusCode = statusByErrorName[error.name];
    if (statusCode !== undefined) return { statusCode, body: { error: error.message } };
  }
  if (error instanceof TransientError)
    return { statusCode: 503, body: { error: "Service unavailable, please try again" } };
  return { statusCode: 500, body: { error: "Internal server error" } };
};

/**
 * A function behind a REST API. Errors of the client are answered with their text, a database or service that cannot be used
 * with 503, and everything else with 500.
 */
export const createRestHandler = (
  { service, logLevel, now, write = writeToStdout }: RestHandlerOptions,
  answer: (request: RestRequest, context: RestContext) => Promise<RestAnswer>,
) => {
  const log = createLog(logLevel, write);
  return async (
    input: unknown,
    { awsRequestId, functionName }: RestInvocation,
  ): Promise<APIGatewayProxyResult> => {
    const emit = createMetricsEmitter(functionName, now, write);
    try {
      const { statusCode, body } = await answer(readRestRequest(input), { log, emit });
      return toResult(statusCode, body);
    } catch (error) {
      const { statusCode, body } = answerFailure(error);
      const fields = { requestId: awsRequestId, statusCode, ...toErrorFields(error) };
      if (statusCode < 500)
        log.info("request refused", { requestId: awsRequestId, statusCode, error: body.error });
      else {
        log.error("request failed", fields);
        emit([{ name: "Failures", value: 1, unit: "Count", service, reason: nameOfError(error) }]);
      }
      return toResult(statusCode, body);
    }
  };
};
