import type { ObjectHeaders } from "../mirror-bucket";

/**
 * Where the bytes of a large bottle wait until their digest is known. No client sees them there. All pieces but the last one
 * have the same size.
 */
export type PieceStore = {
  /** Pieces that an earlier attempt has left, from the first one on. */
  pieces: number;
  /** @param index from 0 */
  write(index: number, bytes: Uint8Array): Promise<void>;
  /** All pieces are there. Then they can be read. */
  close(): Promise<void>;
  /** @param end exclusive */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Makes the mirror's object, unless it exists, and deletes the pieces. @returns whether it was written */
  publish(key: string, headers: ObjectHeaders): Promise<boolean>;
  /** Deletes the pieces. */
  discard(): Promise<void>;
  /** Frees what is not needed while nobody works on the pieces, which stay. */
  release(): Promise<void>;
};

/** @param pieceBytes size of a piece. Pieces of another size that an earlier attempt has left are deleted */
export type OpenPieceStore = (sha256: string, pieceBytes: number) => Promise<PieceStore>;
