import { type HttpRequest, pageHeader } from "./http";
import { credentialOf } from "./routing";

// Local AWS runs code as the developer and checks no signature, so web pages must not reach it. A page cannot set Host,
// Origin, Sec-Fetch-Site or Referer, and cannot send Authorization without a preflight request (OPTIONS).

const LOCAL_HOST =
  /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost|([\w-]+\.)+amazonaws\.com(\.cn)?)\.?(:\d*)?$/i;

/** Why a request with this Host is refused. An attacker's name can resolve to this machine (DNS rebinding). */
export function refusedHost(
  host: string | undefined,
  isOwnDomain: (name: string) => boolean,
): string | undefined {
  const name = host?.split(":")[0]?.toLowerCase() ?? "";
  if (LOCAL_HOST.test(host ?? "") || isOwnDomain(name)) return undefined;
  return `its header "Host: ${cut(host ?? "")}" is none of 127.0.0.1, localhost, [::1], *.localhost, *.amazonaws.com and the domain names of the APIs here, so it may come from a web page (DNS rebinding)`;
}

/** Why a request of a web page, or a preflight request to AWS, is refused. */
export function refusedPage({ headers, method }: HttpRequest): string | undefined {
  const name = pageHeader(headers);
  if (name !== undefined) {
    return `its header "${name}: ${cut(headers[name.toLowerCase()] ?? "")}" says that it comes from a web page, and any page could act as you here; a page reaches REST API stages and load balancers only`;
  }
  return method === "OPTIONS"
    ? "OPTIONS asks whether a web page may call AWS, and none may; a page reaches REST API stages and load balancers only"
    : undefined;
}

/** Why a request to an AWS service without a complete signature is refused. */
export function refusedSignature(request: HttpRequest): string | undefined {
  const { method, query } = request;
  const { service, signedBy } = credentialOf(request);
  if (!service || !signedBy || (signedBy === "query" && !isWhole(query)))
    return "it has no signature; AWS takes an Authorization header of Signature Version 4, or a whole presigned URL (with X-Amz-Signature)";
  // A browser opens a link from a mail without any of these headers. Such a link must not change anything.
  const follows = signedBy === "query" && (method === "GET" || method === "HEAD");
  const reads = service === "s3" || (service === "sts" && query.get("Action") === "GetCallerIdentity");
  return follows && !reads
    ? `a presigned URL is taken for objects of S3 and for sts:GetCallerIdentity only, since a link to one may come from anybody; ${service} takes an Authorization header`
    : undefined;
}

/** Why a request to `/_local/` is refused. It needs the content type JSON, which a page cannot send without preflight. */
export function refusedControl({ headers, method }: HttpRequest): string | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  if (/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) return undefined;
  return `its header "Content-Type: ${cut(headers["content-type"] ?? "")}" must be application/json`;
}

function isWhole(query: URLSearchParams): boolean {
  return Boolean(query.get(query.has("X-Amz-Credential") ? "X-Amz-Signature" : "Signature"));
}

function cut(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}
