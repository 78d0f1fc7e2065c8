import { readXml } from "../../query-protocol";
import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { bucketKey, keyPermissions } from "./kms";
import type { Lookups } from "./permission-resolver";

/** What policies call a subresource of a bucket, by the query parameter that selects it. */
const BUCKET_SUBRESOURCES: Record<string, string> = {
  accelerate: "AccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCORS",
  encryption: "EncryptionConfiguration",
  lifecycle: "LifecycleConfiguration",
  logging: "BucketLogging",
  notification: "BucketNotification",
  "object-lock": "BucketObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  policyStatus: "BucketPolicyStatus",
  publicAccessBlock: "BucketPublicAccessBlock",
  replication: "ReplicationConfiguration",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

/** Query parameters that select a subresource of the object or bucket. */
const SUBRESOURCES = [
  "delete",
  "location",
  "uploadId",
  "uploads",
  "versions",
  ...Object.keys(BUCKET_SUBRESOURCES),
  // Without a permission here: a request with one of them is denied, and not taken for one without it.
  "analytics",
  "attributes",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "metrics",
  "restore",
  "retention",
  "select",
  "session",
  "torrent",
];

/** Method, resource and subresource → action. Requests that are not listed are denied. */
const ACTIONS: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(BUCKET_SUBRESOURCES).flatMap(([subresource, name]) => [
      [`GET bucket ${subresource}`, `Get${name}`],
      [`PUT bucket ${subresource}`, `Put${name}`],
      // What has no permission of its own for its removal takes that for its change.
      [`DELETE bucket ${subresource}`, `Put${name}`],
    ]),
  ),
  "DELETE bucket policy": "DeleteBucketPolicy",
  "DELETE bucket website": "DeleteBucketWebsite",
  "GET service": "ListAllMyBuckets",
  "GET bucket": "ListBucket",
  "HEAD bucket": "ListBucket",
  "GET bucket location": "GetBucketLocation",
  // On each object that the body names.
  "POST bucket delete": "DeleteObject",
  "GET bucket uploads": "ListBucketMultipartUploads",
  "GET bucket versions": "ListBucketVersions",
  "GET object": "GetObject",
  "HEAD object": "GetObject",
  "PUT object": "PutObject",
  "POST object": "PutObject",
  "POST object uploads": "PutObject",
  "GET object uploadId": "ListMultipartUploadParts",
  "PUT object uploadId": "PutObject",
  "POST object uploadId": "PutObject",
  "DELETE object uploadId": "AbortMultipartUpload",
  "DELETE object": "DeleteObject",
  "GET object tagging": "GetObjectTagging",
  "PUT object tagging": "PutObjectTagging",
  "DELETE object tagging": "DeleteObjectTagging",
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export async function s3Permissions(call: Call, { upstream }: Lookups): Promise<Permission[] | undefined> {
  const { request } = call;
  const { method, query } = request;
  const path = decodeURIComponent(request.path).slice(1);
  const [bucket = "", ...rest] = path.split("/");
  const about = rest.join("/") ? "object" : bucket ? "bucket" : "service";
  const subresource = SUBRESOURCES.find((name) => query.has(name));
  const action = ACTIONS[[method, about, subresource].filter(Boolean).join(" ")];
  if (!action) return undefined;
  const permission = (name: string, resource: string): Permission => ({ action: `s3:${name}`, resource });
  if (about === "service") return [permission(action, "*")];
  if (subresource === "delete")
    return objectsToDelete(request.body.toString()).map(({ key, versioned }) =>
      permission(versioned ? "DeleteObjectVersion" : action, `arn:aws:s3:::${bucket}/${key}`),
    );
  if (about === "bucket")
    return [{ ...permission(action, `arn:aws:s3:::${bucket}`), context: listing(query) }];
  const versioned = query.has("versionId") && /^(Get|Delete)Object$/.test(action);
  const source = request.headers["x-amz-copy-source"];
  const key = await bucketKey(upstream, call, bucket);
  return [
    permission(versioned ? `${action}Version` : action, `arn:aws:s3:::${path}`),
    ...(await keyPermissions(upstream, call, `s3:${action}`, key)),
    ...(source
      ? [permission("GetObject", `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}`)]
      : []),
  ];
}

function listing(query: URLSearchParams): Record<string, string> {
  const prefix = query.get("prefix");
  return prefix === null ? {} : { "s3:prefix": prefix };
}

/** What the body of DeleteObjects names. */
function objectsToDelete(body: string): { key: string; versioned: boolean }[] {
  const objects = body.match(/<Object>.*?<\/Object>/gs) ?? [];
  return objects.map((text) => {
    const { Object: object } = readXml(text) as { Object: { Key?: string; VersionId?: string } };
    return { key: object.Key ?? "", versioned: object.VersionId !== undefined };
  });
}
