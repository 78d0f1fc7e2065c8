import type { HttpResponse } from "../http";
import type { Call } from "../routing";

export interface ObjectsOptions {
  forward(call: Call): Promise<HttpResponse>;
  /** Throws AccessDenied if the caller is not allowed to list the bucket. */
  requireListPermission(call: Call, bucketArn: string): Promise<void>;
}

/** Behaviour of S3 that moto lacks: atomic conditional writes, and 403 for missing keys without s3:ListBucket. */
export class Objects {
  private readonly writing = new Map<string, Promise<unknown>>();

  constructor(private readonly options: ObjectsOptions) {}

  async handle(call: Call): Promise<HttpResponse> {
    const { action, request } = call;
    const { "if-none-match": absent, "if-match": unchanged } = request.headers;
    if (action === "PutObject" && (absent || unchanged)) return this.writeInTurn(call);
    const response = await this.options.forward(call);
    if ((action === "GetObject" || action === "HeadObject") && response.status === 404) {
      // Without the permission to list the bucket, S3 does not tell that a key is missing
      // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
      const bucket = request.path.split("/")[1] ?? "";
      await this.options.requireListPermission(call, `arn:aws:s3:::${bucket}`);
    }
    return response;
  }

  /** Runs the conditional writes of a key one by one: moto checks before it writes, so two at once would both succeed. */
  private async writeInTurn(call: Call): Promise<HttpResponse> {
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
