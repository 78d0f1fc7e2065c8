import type { SizedBottle } from "../bottle";
import type { MirrorBucket } from "../mirror-bucket";
import { blobKeyOf } from "../names";
import { bottleHeaders } from "./bottle-headers";
import type { OpenPieceStore, PieceStore } from "./piece-store";
import type { Slabs } from "./slabs";

/** The bytes of a bottle until their digest is known. */
export type StagedBottle = {
  /** Bytes that are there. More than 0 at the beginning: an earlier attempt has left them. */
  readonly position: number;
  /** Adds bytes. The returned promise is there only if the next ones have to wait for it. */
  write(bytes: Buffer): Promise<void> | undefined;
  /** All bytes are there. */
  close(): Promise<void>;
  /** All bytes, after `close`. */
  read(): AsyncIterable<Uint8Array>;
  /** Makes the mirror's object, unless it exists. @returns whether it was written */
  publish(): Promise<boolean>;
  /** Forgets the bytes. */
  discard(): Promise<void>;
  /** Frees the memory. What a piece store has stays. Call it at the end, whatever has happened. */
  release(): Promise<void>;
};

export type StagingParts = {
  bucket: MirrorBucket;
  slabs: Slabs;
  openPieces: OpenPieceStore;
};

/**
 * Holds bottles of at most two pieces in memory, and writes the pieces of larger ones into a piece store: one is written
 * while the next one fills. So a process that is killed loses at most two pieces of each bottle.
 */
export const createStaging = ({ bucket, slabs, openPieces }: StagingParts) => {
  const { pieceBytes } = slabs;

  return async (bottle: SizedBottle): Promise<StagedBottle> => {
    const isKnownLarge = bottle.size !== undefined && bottle.size > 2 * pieceBytes;
    let store: PieceStore | undefined = isKnownLarge
      ? await openPieces(bottle.sha256, pieceBytes)
      : undefined;
    const slab = slabs.take();
    /** Where in the slab the bytes are that no piece store has. */
    let start = 0;
    let end = 0;
    let pieces = store?.pieces ?? 0;
    let position = Math.min(pieces * pieceBytes, bottle.size ?? Number.POSITIVE_INFINITY);
    let writing: Promise<void> = Promise.resolve();

    /** Writes what is in the slab, after what is being written. */
    const writePiece = async (): Promise<void> => {
      const index = pieces++;
      const piece = slab.subarray(start, end);
      // The other half of the slab, which is written already or has never been used.
      start = start === 0 ? pieceBytes : 0;
      end = start;
      await writing;
      const next = store!.write(index, piece);
      writing = next;
      // It is awaited with the next piece.
      next.catch(() => {});
    };

    const append = (bytes: Buffer): number => {
      const limit = store === undefined ? 2 * pieceBytes : start + pieceBytes;
      const length = Math.min(bytes.length, limit - end);
      bytes.copy(slab, end, 0, length);
      end += length;
      position += length;
      return length;
    };

    /** A bottle of unknown size is larger than the slab. */
    const becomeLarge = async (): Promise<void> => {
      store = await openPieces(bottle.sha256, pieceBytes);
      if (store.pieces > 0) {
        // The same bytes are here already.
        await store.discard();
        store = await openPieces(bottle.sha256, pieceBytes);
      }
      for (const index of [0, 1])
        await store.write(index, slab.subarray(index * pieceBytes, (index + 1) * pieceBytes));
      pieces = 2;
      start = 0;
      end = 0;
    };

    const writeRest = async (bytes: Buffer): Promise<void> => {
      for (let rest = bytes; rest.length > 0; rest = rest.subarray(append(rest))) {
        if (store === undefined && end === 2 * pieceBytes) await becomeLarge();
        else if (store !== undefined && end === start + pieceBytes) await writePiece();
      }
    };

    return {
      get position() {
        return position;
      },
      write(bytes) {
        const length = append(bytes);
        return length === bytes.length ? undefined : writeRest(bytes.subarray(length));
      },
      async close() {
        if (store === undefined) return;
        if (end > start) await writePiece();
        await writing;
        await store.close();
      },
      async *read() {
        if (store === undefined) yield slab.subarray(0, end);
        else
          for (let at = 0; at < position; at += pieceBytes)
            yield await store.read(at, Math.min(at + pieceBytes, position));
      },
      publish: () => {
        const key = blobKeyOf(bottle);
        const headers = bottleHeaders(bottle);
        return store === undefined
          ? bucket.putIfAbsent(key, slab.subarray(0, end), bottle.sha256, headers)
          : store.publish(key, headers);
      },
      async discard() {
        await writing.catch(() => {});
        await store?.discard();
        store = undefined;
      },
      async release() {
        // Until then the slab is read.
        await writing.catch(() => {});
        await store?.release();
        slabs.give(slab);
      },
    };
  };
};

export type OpenStaged = ReturnType<typeof createStaging>;
