import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import type { Call } from "../routing";

/**
 * Bucket policies. moto does not get them: it reads a conditional Deny, such as "TLS only", as a Deny of everything.
 */
export class BucketPolicies {
  private readonly byBucket = new Map<string, string>();

  /** @param arn ARN of a bucket or of an object in it */
  of(arn: string): string | undefined {
    return this.byBucket.get(arn.replace(/^arn:[^:]+:s3:::/, "").split("/")[0] ?? "");
  }

  /** Returns undefined if the call does not concern a bucket policy. */
  handle({ action, request }: Call): HttpResponse | undefined {
    const bucket = request.path.split("/")[1] ?? "";
    switch (action) {
      case "PutBucketPolicy":
        this.byBucket.set(bucket, request.body.toString());
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      case "GetBucketPolicy": {
        const policy = this.byBucket.get(bucket);
        if (!policy) throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
        return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(policy) };
      }
      case "DeleteBucketPolicy":
        this.byBucket.delete(bucket);
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      case "DeleteBucket":
        this.byBucket.delete(bucket);
        return undefined;
      default:
        return undefined;
    }
  }
}
