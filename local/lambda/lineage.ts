import { createHash, randomBytes } from "node:crypto";

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html says "approximately 16".
const MAX_INVOCATIONS = 16;

/**
 * The X-Ray trace header of an invocation, by which Lambda detects recursive loops. It continues the header of the event
 * and counts this invocation: `Lineage=<function>:<invocations>|…`. Returns undefined if Lambda stops the invocation
 * because the function was invoked 16 times in this chain of requests.
 */
export function traceOfInvocation(functionArn: string, incoming: string | undefined): string | undefined {
  const counts = lineageOf(incoming);
  const name = hashOf(functionArn);
  const count = (counts.get(name) ?? 0) + 1;
  if (count > MAX_INVOCATIONS) return undefined;
  counts.set(name, count);
  const root = /Root=[^;]+/.exec(incoming ?? "")?.[0] ?? `Root=1-${hex(4)}-${hex(12)}`;
  const lineage = [...counts].map(([hash, invocations]) => `${hash}:${invocations}`).join("|");
  return `${root};Parent=${hex(8)};Sampled=0;Lineage=${lineage}`;
}

/** The trace header of a batch: that of the message with the most invocations of the function. */
export function traceOfBatch(functionArn: string, headers: (string | undefined)[]): string | undefined {
  const name = hashOf(functionArn);
  const count = (header: string | undefined) => lineageOf(header).get(name) ?? 0;
  return [...headers].sort((a, b) => count(b) - count(a))[0];
}

function lineageOf(header = ""): Map<string, number> {
  const lineage = /Lineage=([^;]+)/.exec(header)?.[1] ?? "";
  return new Map(
    [...lineage.matchAll(/([0-9a-f]+):(\d+)/g)].map(([, hash = "", count]) => [hash, Number(count)]),
  );
}

/** @param arn with or without a qualifier */
function hashOf(arn: string): string {
  return createHash("sha256").update(arn.split(":").slice(0, 7).join(":")).digest("hex").slice(0, 8);
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
