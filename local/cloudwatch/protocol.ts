import { gunzipSync } from "node:zlib";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../http";
import { type Field, queryResponse, readForm } from "../query-protocol";

/** A value of a response. Times are dates; undefined is left out. */
export type Output = undefined | string | number | boolean | Date | Output[] | { [name: string]: Output };

const NUMBERS = new Set([
  "DatapointsToAlarm",
  "EvaluationPeriods",
  "MaxRecords",
  "MaxDatapoints",
  "Period",
  "Threshold",
]);
const BOOLEANS = new Set(["ActionsEnabled", "ReturnData"]);

/** Reads a request of either protocol: the AWS provider sends forms, newer SDKs send JSON. */
export function readInput<Input>({ body, headers }: HttpRequest): Input {
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
  return (headers["x-amz-target"] ? JSON.parse(text || "{}") : typed(readForm(text))) as Input;
}

/** Forms have texts only, and an empty list is an empty text. */
function typed(field: Field, name = ""): unknown {
  if (Array.isArray(field)) return field.map((item) => typed(item));
  if (typeof field === "object") {
    return Object.fromEntries(Object.entries(field).map(([key, value]) => [key, typed(value, key)]));
  }
  if (NUMBERS.has(name)) return Number(field);
  if (BOOLEANS.has(name)) return field === "true";
  return field === "" ? undefined : field;
}

/** Answers in the protocol of the request. */
export function response(action: string, { headers }: HttpRequest, output: Output): HttpResponse {
  if (headers["x-amz-target"]) return jsonResponse(asJson(output ?? {}));
  return queryResponse(action, (asField(output ?? {}) ?? {}) as Record<string, Field>);
}

function asJson(output: Output): unknown {
  if (output instanceof Date) return output.getTime() / 1000;
  if (Array.isArray(output)) return output.map(asJson);
  if (typeof output !== "object") return output;
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, asJson(value)]));
}

function asField(output: Output): Field | undefined {
  if (output === undefined) return undefined;
  if (output instanceof Date) return output.toISOString();
  if (Array.isArray(output)) return output.map((item) => asField(item) ?? "");
  if (typeof output !== "object") return String(output);
  return Object.fromEntries(
    Object.entries(output).flatMap(([name, value]) => {
      const field = asField(value);
      return field === undefined ? [] : [[name, field]];
    }),
  );
}

/** A time of a request: ISO text, or seconds since 1970. */
export function timeOf(value: string | number | undefined, fallback: Date): number {
  if (value === undefined) return fallback.getTime();
  return typeof value === "number" || /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}
