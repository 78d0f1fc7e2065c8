import type { MirrorBucket, OpenUpload, StoredPart } from "../mirror-bucket";
import { ownFolder } from "../names";
import type { Store } from "../store/store";
import type { OpenPieceStore } from "./piece-store";

/** Uploads of bottles whose digest is not known yet. */
export const uploadFolder = `${ownFolder}uploads/`;

/** What earlier runs have left, by key. */
export type Leftovers = {
  uploads: Map<string, OpenUpload>;
  /** Sizes of complete uploads, in bytes. */
  objects: Map<string, number>;
};

/**
 * Keeps pieces as the parts of a multipart upload. Its key is none of the mirror's: S3 can read parts only after they have
 * become an object, and those of an earlier process must be read to know their digest. The mirror's object is a copy.
 */
export const createUploadPieces = (
  bucket: MirrorBucket,
  store: Pick<Store, "delete">,
  leftovers: Leftovers,
): OpenPieceStore => {
  const { uploads } = bucket;

  /** The parts that can be used: all are whole, and none is missing. */
  const usableParts = async (upload: OpenUpload, pieceBytes: number): Promise<StoredPart[] | undefined> => {
    const parts = await uploads.listParts(upload);
    const found =
      parts?.findIndex(({ number, size }, index) => number !== index + 1 || size !== pieceBytes) ?? 0;
    return found === -1 ? parts : parts?.slice(0, found);
  };

  return async (sha256, pieceBytes) => {
    const key = `${uploadFolder}${sha256}`;
    const completeBytes = leftovers.objects.get(key);
    let isComplete = completeBytes !== undefined;
    let upload = leftovers.uploads.get(key);
    const parts = upload && !isComplete ? ((await usableParts(upload, pieceBytes)) ?? []) : [];
    if (upload && parts.length === 0 && !isComplete) {
      await uploads.abort(upload);
      upload = undefined;
    }
    leftovers.uploads.delete(key);
    leftovers.objects.delete(key);

    const discard = async (): Promise<void> => {
      if (upload) await uploads.abort(upload);
      if (isComplete) await store.delete([key]);
      upload = undefined;
      isComplete = false;
    };
    return {
      pieces: isComplete ? Math.ceil(completeBytes! / pieceBytes) : parts.length,
      async write(index, bytes) {
        upload ??= { key, uploadId: await uploads.create(key, {}) };
        parts[index] = await uploads.uploadPart(upload, index + 1, bytes);
      },
      async close() {
        if (isComplete || !upload) return;
        // False: a leftover of another run, with bytes that nobody has verified.
        if (!(await uploads.complete(upload, parts))) {
          await store.delete([key]);
          await uploads.complete(upload, parts);
        }
        upload = undefined;
        isComplete = true;
      },
      read: (start, end) => bucket.read(key, start, end),
      async publish(to, headers) {
        const isWritten = await bucket.copyIfAbsent(key, to, headers);
        await discard();
        return isWritten;
      },
      discard,
      async release() {
        // For another attempt of this process.
        if (isComplete)
          leftovers.objects.set(key, completeBytes ?? parts.reduce((sum, { size }) => sum + size, 0));
        else if (upload) leftovers.uploads.set(key, upload);
      },
    };
  };
};

/** Finds what earlier runs have left, and deletes what this run does not need. */
export const findLeftovers = async (
  bucket: MirrorBucket,
  store: Pick<Store, "delete" | "list">,
  isWanted: (sha256: string) => boolean,
): Promise<Leftovers> => {
  const leftovers: Leftovers = { uploads: new Map(), objects: new Map() };
  const isKeyWanted = (key: string): boolean => isWanted(key.slice(uploadFolder.length));
  const unwanted: string[] = [];
  for await (const { key, size } of store.list(uploadFolder)) {
    if (isKeyWanted(key)) leftovers.objects.set(key, size);
    else unwanted.push(key);
  }
  await store.delete(unwanted);
  for (const upload of await bucket.uploads.list(uploadFolder)) {
    // Of two uploads of a bottle only one can go on.
    if (isKeyWanted(upload.key) && !leftovers.uploads.has(upload.key))
      leftovers.uploads.set(upload.key, upload);
    else await bucket.uploads.abort(upload);
  }
  return leftovers;
};
