import { type HttpRequest, pageHeader } from "./http";
import { credentialOf } from "./routing";

// Local AWS runs code as the developer and checks no signature, so no web page that the developer visits may reach it.
// A page cannot choose Host, Origin, Sec-Fetch-Site and Referer, nor send Authorization without asking by OPTIONS first.

const LOCAL_HOST =
  /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost|([\w-]+\.)+amazonaws\.com(\.cn)?)\.?(:\d*)?$/i;

/** Why a request with this Host is refused: a name of anybody's may lead to this machine (DNS rebinding). */
export function refusedHost(
  host: string | undefined,
  isOwnDomain: (name: string) => boolean,
): string | undefined {
  const name = host?.split(":")[0]?.toLowerCase() ?? "";
  if (LOCAL_HOST.test(host ?? "") || isOwnDomain(name)) return undefined;
  return `its header "Host: ${cut(host ?? "")}" is none of 127.0.0.1, localhost, [::1], *.localhost, *.amazonaws.com and the domain names of the APIs here, so it may come from a web page (DNS rebinding)`;
}

/** Why a request is refused that a web page made, or that asks whether a web page may call AWS. */
export function refusedPage({ headers, method }: HttpRequest): string | undefined {
  const name = pageHeader(headers);
  if (name !== undefined) {
    return `its header "${name}: ${cut(headers[name.toLowerCase()] ?? "")}" says that it comes from a web page, and any page could act as you here; a page reaches REST API stages and load balancers only`;
  }
  return method === "OPTIONS"
    ? "OPTIONS asks whether a web page may call AWS, and none may; a page reaches REST API stages and load balancers only"
    : undefined;
}

/** Why a request to an AWS service is refused that is not signed as AWS asks. */
export function refusedSignature(request: HttpRequest): string | undefined {
  const { method, query } = request;
  const { service, signedBy } = credentialOf(request);
  if (!service || !signedBy || (signedBy === "query" && !isWhole(query)))
    return "it has no signature; AWS takes an Authorization header of Signature Version 4, or a whole presigned URL (with X-Amz-Signature)";
  // A link in a mail is opened without any header that tells of it, and must not be able to start anything.
  const follows = signedBy === "query" && (method === "GET" || method === "HEAD");
  const reads = service === "s3" || (service === "sts" && query.get("Action") === "GetCallerIdentity");
  return follows && !reads
    ? `a presigned URL is taken for objects of S3 and for sts:GetCallerIdentity only, since a link to one may come from anybody; ${service} takes an Authorization header`
    : undefined;
}

/** The control of local AWS takes bodies that say they are JSON: a page cannot send one without asking first. */
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
