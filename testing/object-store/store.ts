import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export type StoredPart = { body: Buffer; etag: string; crc32: string };
export type StoredUpload = { key: string; contentType: string; parts: Map<number, StoredPart> };
export type StoredObject = {
  body: Buffer;
  etag: string;
  contentType: string;
  cacheControl?: string | undefined;
  metadata: Record<string, string>;
  /** As base64, if the writer gave or wanted it. */
  sha256?: string | undefined;
  writtenAt: number;
};

export type ObjectStoreSettings = {
  /** Of a part that is not the last one. S3 has 5 MiB. */
  minPartBytes?: number;
  /** A bucket with an object lock refuses objects without a checksum. */
  hasObjectLock?: boolean;
  /** Of which objects the bytes are kept and verified. Others are forgotten, for measurements. Default: all. */
  keepsBytes?: (key: string) => boolean;
  /** Called for each object that appears or is replaced. */
  onWrite?: (key: string, object: StoredObject) => void;
  /** Default: real time. */
  now?: () => number;
};

/** An answer of S3 that is no success. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message = "It is so.",
  ) {
    super(message);
  }
}

const toBase64 = (checksum: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString("base64");
};

export type Conditions = { ifNoneMatch?: string | undefined; ifMatch?: string | undefined };
export type PutHeaders = Conditions & {
  contentType?: string | undefined;
  cacheControl?: string | undefined;
  metadata?: Record<string, string>;
  /** Checksums that the writer gives, as base64. */
  sha256?: string | undefined;
  crc32?: string | undefined;
};

/**
 * The objects and multipart uploads of one bucket in memory, with what S3 does about conditions, checksums and sizes of
 * parts.
 */
export class ObjectStore {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, StoredUpload>();
  private uploadCount = 0;
  private readonly minPartBytes: number;
  private readonly now: () => number;

  constructor(private readonly settings: ObjectStoreSettings = {}) {
    this.minPartBytes = settings.minPartBytes ?? 5 * 1024 * 1024;
    this.now = settings.now ?? Date.now;
  }

  keepsBytes(key: string): boolean {
    return this.settings.keepsBytes?.(key) ?? true;
  }

  put(key: string, body: Buffer, headers: PutHeaders = {}): StoredObject {
    if (this.settings.hasObjectLock && headers.sha256 === undefined && headers.crc32 === undefined)
      throw new Refusal(
        400,
        "InvalidRequest",
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
      );
    this.verify(key, body, headers);
    return this.write(key, body, headers);
  }

  copy(from: string, to: string, headers: PutHeaders & { wantsSha256: boolean }): StoredObject {
    const source = this.objects.get(from);
    if (source === undefined) throw new Refusal(404, "NoSuchKey");
    const sha256 = headers.wantsSha256
      ? createHash("sha256").update(source.body).digest("base64")
      : source.sha256;
    return this.write(to, source.body, { ...headers, sha256 });
  }

  createUpload(key: string, contentType = "application/octet-stream"): string {
    const uploadId = `upload-${++this.uploadCount}`;
    this.uploads.set(uploadId, { key, contentType, parts: new Map() });
    return uploadId;
  }

  upload(key: string, uploadId: string): StoredUpload {
    const upload = this.uploads.get(uploadId);
    if (upload?.key !== key) throw new Refusal(404, "NoSuchUpload");
    return upload;
  }

  putPart(key: string, uploadId: string, number: number, body: Buffer, headers: PutHeaders): StoredPart {
    const upload = this.upload(key, uploadId);
    if (headers.crc32 === undefined && this.settings.hasObjectLock) throw new Refusal(400, "InvalidRequest");
    this.verify(key, body, headers);
    const part = { body: this.keep(key, body), etag: this.etagOf(key, body), crc32: headers.crc32 ?? "" };
    upload.parts.set(number, part);
    return part;
  }

  complete(
    key: string,
    uploadId: string,
    parts: readonly { number: number; etag: string; crc32: string | undefined }[],
    conditions: Conditions = {},
  ): StoredObject {
    const upload = this.upload(key, uploadId);
    this.check(key, conditions);
    const bodies = parts.map(({ number, etag, crc32: checksum }, index) => {
      const part = upload.parts.get(number);
      if (part?.etag !== etag || (part.crc32 !== "" && part.crc32 !== checksum))
        throw new Refusal(400, "InvalidPart");
      if (this.keepsBytes(key) && index < parts.length - 1 && part.body.length < this.minPartBytes)
        throw new Refusal(400, "EntityTooSmall");
      if (index > 0 && number <= parts[index - 1]!.number) throw new Refusal(400, "InvalidPartOrder");
      return part.body;
    });
    if (bodies.length === 0) throw new Refusal(400, "MalformedXML");
    this.uploads.delete(uploadId);
    return this.write(key, Buffer.concat(bodies), { contentType: upload.contentType, ...conditions });
  }

  abort(key: string, uploadId: string): void {
    this.upload(key, uploadId);
    this.uploads.delete(uploadId);
  }

  /** Keys in the order of their UTF-8 bytes. */
  keys(prefix = ""): string[] {
    return sortByBytes([...this.objects.keys()].filter((key) => key.startsWith(prefix)));
  }

  /** @throws Refusal 412 when a condition does not hold */
  private check(key: string, { ifNoneMatch, ifMatch }: Conditions): void {
    const found = this.objects.get(key);
    if (ifNoneMatch === "*" && found !== undefined) throw new Refusal(412, "PreconditionFailed");
    if (ifMatch === undefined) return;
    if (found === undefined) throw new Refusal(404, "NoSuchKey");
    if (found.etag !== ifMatch) throw new Refusal(412, "PreconditionFailed");
  }

  private verify(key: string, body: Buffer, { sha256, crc32: checksum }: PutHeaders): void {
    // A measurement must not measure this.
    if (!this.keepsBytes(key)) return;
    if (sha256 !== undefined && createHash("sha256").update(body).digest("base64") !== sha256)
      throw new Refusal(400, "BadDigest");
    if (checksum !== undefined && toBase64(crc32(body)) !== checksum) throw new Refusal(400, "BadDigest");
  }

  private write(key: string, body: Buffer, headers: PutHeaders): StoredObject {
    this.check(key, headers);
    const object: StoredObject = {
      body: this.keep(key, body),
      etag: this.etagOf(key, body),
      contentType: headers.contentType ?? "application/octet-stream",
      cacheControl: headers.cacheControl,
      metadata: headers.metadata ?? {},
      sha256: headers.sha256,
      writtenAt: this.now(),
    };
    this.objects.set(key, object);
    this.settings.onWrite?.(key, object);
    return object;
  }

  private keep(key: string, body: Buffer): Buffer {
    // The writer may use its memory again.
    return this.keepsBytes(key) ? Buffer.from(body) : Buffer.alloc(0);
  }

  private etagOf(key: string, body: Buffer): string {
    return this.keepsBytes(key)
      ? `"${createHash("md5").update(body).digest("hex")}"`
      : `"${++this.uploadCount}"`;
  }
}

const hasSurrogate = /[\ud800-\udfff]/;

/** Only surrogates stand elsewhere in the order of UTF-16, which is much faster to sort by. */
const sortByBytes = (keys: string[]): string[] =>
  keys.some((key) => hasSurrogate.test(key))
    ? keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    : keys.sort();
