import type { Call } from "../../routing";
import type { Right } from "../authorization";
import { bucketKey, keyRights } from "./kms";
import type { Lookups } from "./rights-of";

/** Query parameters that make a request one about something else than the object or the bucket itself. */
const SUBRESOURCES = ["acl", "delete", "location", "policy", "tagging", "uploads", "versions"];

/** method, subresource and what it is about → action; what is not here is refused. */
const ACTIONS: Record<string, string> = {
  "GET service": "ListAllMyBuckets",
  "GET bucket": "ListBucket",
  "HEAD bucket": "ListBucket",
  "GET bucket location": "GetBucketLocation",
  "GET bucket versions": "ListBucketVersions",
  "GET object": "GetObject",
  "HEAD object": "GetObject",
  "PUT object": "PutObject",
  "POST object": "PutObject",
  "POST object uploads": "PutObject",
  "DELETE object": "DeleteObject",
  "GET object tagging": "GetObjectTagging",
  "PUT object tagging": "PutObjectTagging",
  "DELETE object tagging": "DeleteObjectTagging",
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export async function s3Rights(call: Call, { upstream }: Lookups): Promise<Right[] | undefined> {
  const { request } = call;
  const { method, query } = request;
  const path = decodeURIComponent(request.path).slice(1);
  const [bucket = "", ...rest] = path.split("/");
  const about = rest.join("/") ? "object" : bucket ? "bucket" : "service";
  const subresource = SUBRESOURCES.find((name) => query.has(name));
  const action = ACTIONS[[method, about, subresource].filter(Boolean).join(" ")];
  if (!action) return undefined;
  const right = (name: string, resource: string): Right => ({ action: `s3:${name}`, resource });
  if (about === "service") return [right(action, "*")];
  if (about === "bucket") return [{ ...right(action, `arn:aws:s3:::${bucket}`), context: listing(query) }];
  const versioned = query.has("versionId") && /^(Get|Delete)Object$/.test(action);
  const source = request.headers["x-amz-copy-source"];
  const key = await bucketKey(upstream, call, bucket);
  return [
    right(versioned ? `${action}Version` : action, `arn:aws:s3:::${path}`),
    ...(await keyRights(upstream, call, `s3:${action}`, key)),
    ...(source ? [right("GetObject", `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}`)] : []),
  ];
}

function listing(query: URLSearchParams): Record<string, string> {
  const prefix = query.get("prefix");
  return prefix === null ? {} : { "s3:prefix": prefix };
}
