import { checkReadable, type HttpRequest } from "./http";
import { allowsService } from "./resource-policy";
import { credentialOf } from "./routing";

/** Names the VPC endpoint of S3 that a request comes through, since local AWS has no networks. No web page can send it. */
const endpointHeader = "x-local-aws-vpc-endpoint";

/** What a statement must have as its principal to allow a request without credentials. */
const anybody = "*";

/**
 * A request for an object by somebody without credentials, as one of the account, if the bucket policy allows it.
 *
 * @returns undefined if it is another request, or not allowed
 * @throws AwsError if the path cannot be decoded
 */
export async function anonymousRead(
  request: HttpRequest,
  bucketPolicy: (arn: string) => Promise<string | undefined>,
): Promise<HttpRequest | undefined> {
  const { method, path, headers, query } = request;
  const endpoint = headers[endpointHeader];
  const isRead = (method === "GET" || method === "HEAD") && query.size === 0;
  if (!isRead || endpoint === undefined || credentialOf(request).service !== "") return undefined;
  checkReadable("s3", request);
  const [, bucket = "", ...rest] = decodeURIComponent(path).split("/");
  const key = rest.join("/");
  if (key === "") return undefined;
  const policy = await bucketPolicy(`arn:aws:s3:::${bucket}`);
  const isAllowed = allowsService(policy, {
    service: anybody,
    action: "s3:GetObject",
    resource: `arn:aws:s3:::${bucket}/${key}`,
    context: { "aws:sourcevpce": endpoint, "aws:securetransport": "true" },
  });
  if (!isAllowed) return undefined;
  const authorization =
    "AWS4-HMAC-SHA256 Credential=anonymous/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none";
  return { ...request, headers: { ...headers, authorization } };
}
