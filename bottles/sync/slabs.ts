/**
 * Memory for the bytes of bottles, which is used again and again. One slab for each bottle that is downloaded at the same
 * time, each of two pieces.
 */
export type Slabs = {
  /** Bytes of half a slab. */
  pieceBytes: number;
  take(): Buffer;
  give(slab: Buffer): void;
};

export const createSlabs = (pieceBytes: number): Slabs => {
  const free: Buffer[] = [];
  return {
    pieceBytes,
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(2 * pieceBytes),
    give: (slab) => void free.push(slab),
  };
};
