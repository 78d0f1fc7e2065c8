import { AwsError } from "../aws-error";
import type { Call } from "../routing";

const nameOf = ({ request }: Call): string => request.path.split("/")[1] ?? "";
const isBucket = ({ request }: Call): boolean => /^\/[^/]+\/?$/.test(request.path);

/** The accounts that have created buckets. S3 refuses a request that expects another one. */
export class BucketOwners {
  private readonly owners = new Map<string, string>();

  /** Throws AccessDenied, and learns the owner of a new bucket. */
  check(call: Call): void {
    const { headers, method } = call.request;
    const name = nameOf(call);
    // The first write to a bucket itself is its creation.
    if (method === "PUT" && isBucket(call) && !this.owners.has(name)) this.owners.set(name, call.account);
    const owner = this.owners.get(name) ?? call.account;
    const expected = headers["x-amz-expected-bucket-owner"] ?? owner;
    if (expected !== owner) throw new AwsError("AccessDenied", "Access Denied", 403);
    if (method === "DELETE" && isBucket(call) && call.action === "DeleteBucket") this.owners.delete(name);
  }
}
