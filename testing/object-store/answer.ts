import { type ObjectStore, type PutHeaders, Refusal, type StoredObject } from "./store";

export type S3Request = {
  method: string;
  /** Without the bucket. */
  key: string;
  query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
};

export type S3Answer = { status: number; headers: Record<string, string>; body: Buffer };

const pageSize = 1_000;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

// With encoding-type=url a blank is a plus sign.
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll("%20", "+");

const xml = (name: string, content: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content}</${name}>`);

const ok = (body: Buffer = Buffer.alloc(0), headers: Record<string, string> = {}): S3Answer => ({
  status: 200,
  headers: { "content-length": String(body.length), ...headers },
  body,
});

const putHeadersOf = (headers: S3Request["headers"]): PutHeaders => ({
  contentType: headers["content-type"],
  cacheControl: headers["cache-control"],
  sha256: headers["x-amz-checksum-sha256"],
  crc32: headers["x-amz-checksum-crc32"],
  ifNoneMatch: headers["if-none-match"],
  ifMatch: headers["if-match"],
  metadata: Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith("x-amz-meta-") && value !== undefined
        ? [[name.slice("x-amz-meta-".length), value]]
        : [],
    ),
  ),
});

const list = (store: ObjectStore, { query }: S3Request): S3Answer => {
  const { prefix = "", "continuation-token": token = "", "start-after": after = token } = query;
  const keys = store.keys(prefix).filter((key) => after === "" || key > after);
  const page = keys.slice(0, Number(query["max-keys"] ?? pageSize));
  const isTruncated = keys.length > page.length;
  const contents = page.map((key) => {
    const { body, etag, writtenAt } = store.objects.get(key)!;
    return `<Contents><Key>${encodeKey(key)}</Key><LastModified>${new Date(writtenAt).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  return ok(
    xml(
      "ListBucketResult",
      `<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${
        isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : ""
      }${contents.join("")}`,
    ),
  );
};

const listUploads = (store: ObjectStore, { query }: S3Request): S3Answer => {
  const uploads = [...store.uploads]
    .filter(([, { key }]) => key.startsWith(query.prefix ?? ""))
    .map(
      ([uploadId, { key }]) =>
        `<Upload><Key>${escapeXml(key)}</Key><UploadId>${uploadId}</UploadId></Upload>`,
    );
  return ok(xml("ListMultipartUploadsResult", `<IsTruncated>false</IsTruncated>${uploads.join("")}`));
};

const listParts = (store: ObjectStore, { key, query }: S3Request): S3Answer => {
  const after = Number(query["part-number-marker"] ?? 0);
  const all = [...store.upload(key, query.uploadId ?? "").parts]
    .filter(([number]) => number > after)
    .sort(([one], [other]) => one - other);
  const page = all.slice(0, pageSize);
  const parts = page.map(
    ([number, { body, etag, crc32 }]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size>${
        crc32 && `<ChecksumCRC32>${crc32}</ChecksumCRC32>`
      }</Part>`,
  );
  const isTruncated = all.length > page.length;
  return ok(
    xml(
      "ListPartsResult",
      `<IsTruncated>${isTruncated}</IsTruncated><NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>${parts.join("")}`,
    ),
  );
};

const objectHeaders = ({ etag, contentType, cacheControl, metadata, sha256 }: StoredObject) => ({
  etag,
  "content-type": contentType,
  ...(cacheControl !== undefined && { "cache-control": cacheControl }),
  ...(sha256 !== undefined && { "x-amz-checksum-sha256": sha256 }),
  ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
});

const read = (store: ObjectStore, { method, key, headers }: S3Request): S3Answer => {
  const object = store.objects.get(key);
  if (object === undefined) throw new Refusal(404, "NoSuchKey");
  const common = objectHeaders(object);
  if (headers["if-none-match"] === object.etag)
    return { status: 304, headers: common, body: Buffer.alloc(0) };
  if (headers["if-match"] !== undefined && headers["if-match"] !== object.etag)
    throw new Refusal(412, "PreconditionFailed");
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (from === undefined) {
    const size = { "content-length": String(object.body.length) };
    return ok(method === "HEAD" ? Buffer.alloc(0) : object.body, { ...common, ...size });
  }
  if (Number(from) >= object.body.length) throw new Refusal(416, "InvalidRange");
  const piece = object.body.subarray(Number(from), to ? Number(to) + 1 : undefined);
  const range = `bytes ${from}-${Number(from) + piece.length - 1}/${object.body.length}`;
  return { ...ok(piece, { ...common, "content-range": range }), status: 206 };
};

const deleteObjects = (store: ObjectStore, { body }: S3Request): S3Answer => {
  for (const [, key] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g))
    store.objects.delete(
      key!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
    );
  return ok(xml("DeleteResult", ""));
};

const complete = (store: ObjectStore, { key, query, headers, body }: S3Request): S3Answer => {
  const parts = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
    number: Number(/<PartNumber>(\d+)/.exec(part!)?.[1]),
    etag: (/<ETag>([^<]*)/.exec(part!)?.[1] ?? "").replaceAll("&quot;", '"'),
    crc32: /<ChecksumCRC32>([^<]*)/.exec(part!)?.[1],
  }));
  const { etag } = store.complete(key, query.uploadId ?? "", parts, putHeadersOf(headers));
  return ok(xml("CompleteMultipartUploadResult", `<ETag>${escapeXml(etag)}</ETag>`));
};

const write = (store: ObjectStore, request: S3Request): S3Answer => {
  const { key, query, headers, body } = request;
  const source = headers["x-amz-copy-source"];
  if (source !== undefined) {
    const from = decodeURIComponent(source.split("/").slice(2).join("/"));
    const wantsSha256 = headers["x-amz-checksum-algorithm"] === "SHA256";
    const { etag } = store.copy(from, key, { ...putHeadersOf(headers), wantsSha256 });
    return ok(xml("CopyObjectResult", `<ETag>${escapeXml(etag)}</ETag>`));
  }
  if (query.uploadId !== undefined) {
    const number = Number(query.partNumber);
    const { etag } = store.putPart(key, query.uploadId, number, body, putHeadersOf(headers));
    return ok(undefined, { etag });
  }
  return ok(undefined, { etag: store.put(key, body, putHeadersOf(headers)).etag });
};

const answer = (store: ObjectStore, request: S3Request): S3Answer => {
  const { method, key, query, headers } = request;
  switch (method) {
    case "GET":
      if (query.uploads !== undefined) return listUploads(store, request);
      if (query.uploadId !== undefined) return listParts(store, request);
      return key === "" ? list(store, request) : read(store, request);
    case "HEAD":
      return read(store, request);
    case "POST":
      if (query.delete !== undefined) return deleteObjects(store, request);
      if (query.uploadId !== undefined) return complete(store, request);
      return ok(
        xml(
          "InitiateMultipartUploadResult",
          `<UploadId>${store.createUpload(key, headers["content-type"])}</UploadId>`,
        ),
      );
    case "PUT":
      return write(store, request);
    case "DELETE":
      if (query.uploadId === undefined) store.objects.delete(key);
      else store.abort(key, query.uploadId);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    default:
      throw new Refusal(405, "MethodNotAllowed");
  }
};

/** An answer that refuses a request as S3 does. */
export const refusalOf = ({ status, code, message }: Refusal): S3Answer => {
  const body = xml("Error", `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`);
  return {
    status,
    headers: { "content-type": "application/xml", "content-length": String(body.length) },
    body,
  };
};

/** S3's answer to a request of one bucket. */
export const answerS3 = (store: ObjectStore, request: S3Request): S3Answer => {
  try {
    return answer(store, request);
  } catch (error) {
    if (error instanceof Refusal) return refusalOf(error);
    throw error;
  }
};
