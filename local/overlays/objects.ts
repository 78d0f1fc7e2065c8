import type { HttpResponse } from "../http";
import type { Call } from "../routing";

export interface ObjectsOptions {
  forward(call: Call): Promise<HttpResponse>;
  /** Throws AccessDenied when the caller may not list the bucket. */
  mayList(call: Call, bucketArn: string): Promise<void>;
}

/** What S3 does with objects beyond what moto does: order among conditional writes, and silence about missing keys. */
export class Objects {
  private readonly writing = new Map<string, Promise<unknown>>();

  constructor(private readonly options: ObjectsOptions) {}

  async handle(call: Call): Promise<HttpResponse> {
    const { action, request } = call;
    if (action === "PutObject" && request.headers["if-none-match"]) return this.inTurn(call);
    const response = await this.options.forward(call);
    if ((action === "GetObject" || action === "HeadObject") && response.status === 404) {
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: without the permission to list the bucket,
      // S3 does not say that a key is missing.
      const bucket = request.path.split("/")[1] ?? "";
      await this.options.mayList(call, `arn:aws:s3:::${bucket}`);
    }
    return response;
  }

  /** One conditional write of a key at a time: moto looks first and writes then, so two at once would both succeed. */
  private async inTurn(call: Call): Promise<HttpResponse> {
    const key = `${call.account}${call.request.path}`;
    const write = (this.writing.get(key) ?? Promise.resolve()).then(() => this.options.forward(call));
    const settled = write.catch(() => undefined);
    this.writing.set(key, settled);
    try {
      return await write;
    } finally {
      if (this.writing.get(key) === settled) this.writing.delete(key);
    }
  }
}
