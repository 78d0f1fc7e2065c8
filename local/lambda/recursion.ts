import { AwsError } from "../aws-error";
import { type HttpResponse, jsonResponse } from "../http";
import type { Metrics } from "../metrics";
import type { Call } from "../routing";
import { functionIn } from "./deployments";
import { traceOfInvocation } from "./lineage";

const PATH = /\/functions\/[^/]+\/recursion-config$/;

/** Recursive loop detection (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). */
export class Recursion {
  /** ARNs of the functions with `RecursiveLoop: Allow` */
  private readonly allowed = new Set<string>();

  constructor(private readonly metrics: Metrics) {}

  /**
   * The trace header of an invocation. Throws RecursiveInvocationException if Lambda stops the invocation.
   *
   * @param incoming the header of the event that invokes the function
   */
  enter(functionArn: string, incoming: string | undefined): string | undefined {
    const trace = traceOfInvocation(functionArn, incoming);
    // Invocations are not counted where loops are allowed.
    if (trace === undefined && !this.allowed.has(functionArn)) {
      const name = functionArn.split(":").pop() ?? "";
      this.metrics.count(
        "AWS/Lambda RecursiveInvocationsDropped",
        name,
        "it was invoked 16 times in one chain of requests",
      );
      throw new AwsError("RecursiveInvocationException", "Lambda has detected and stopped a recursive loop.");
    }
    return trace ?? incoming;
  }

  /** Returns undefined if the call does not concern the recursion configuration of a function. */
  handle(call: Call): HttpResponse | undefined {
    const { account, region, request } = call;
    if (!PATH.test(request.path)) return undefined;
    const { name } = functionIn(request.path);
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    if (request.method === "PUT") {
      const { RecursiveLoop } = JSON.parse(request.body.toString() || "{}") as { RecursiveLoop?: string };
      if (RecursiveLoop !== "Allow" && RecursiveLoop !== "Terminate") {
        throw new AwsError("InvalidParameterValueException", "RecursiveLoop is Allow or Terminate.");
      }
      if (RecursiveLoop === "Allow") this.allowed.add(arn);
      else this.allowed.delete(arn);
    }
    return jsonResponse({ RecursiveLoop: this.allowed.has(arn) ? "Allow" : "Terminate" });
  }
}

export function isRecursion(error: unknown): boolean {
  return error instanceof AwsError && error.code === "RecursiveInvocationException";
}
