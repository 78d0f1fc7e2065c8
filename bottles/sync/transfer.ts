import { createHash, type Hash } from "node:crypto";
import type { SizedBottle } from "../bottle";
import { HttpError } from "../http";
import type { Download } from "./download";
import type { OpenStaged, StagedBottle } from "./staged-bottle";

/** A bottle that no further attempt of this run mirrors. */
export class BottleError extends Error {
  override readonly name = "BottleError";
  constructor(
    /** `corrupt`: its bytes are not those that the catalogue names. `gone`: the registry does not have it. */
    readonly kind: "corrupt" | "gone",
    message: string,
  ) {
    super(message);
  }
}

export type TransferParts = {
  openStaged: OpenStaged;
  download: Download;
  /** Called for each download whose digest is wrong. */
  onCorrupt: (bottle: SizedBottle, found: string) => void;
};

/** Downloads of a bottle whose digest is wrong before it counts as corrupt. */
const maxCorrupt = 3;

const hashOf = async (staged: StagedBottle): Promise<string> => {
  const sha256 = createHash("sha256");
  for await (const bytes of staged.read()) sha256.update(bytes);
  return sha256.digest("hex");
};

/** Whether the registry has said that it will not give the bottle, or gives something else. */
const isFinal = (error: unknown): error is HttpError => error instanceof HttpError && !error.isTransient;

export type Transferred = {
  /** Whether this call has written the object. False: somebody else has. */
  isWritten: boolean;
  /** Of the bottle, in bytes. */
  size: number;
};

/**
 * Mirrors one bottle: no client sees a byte of it before its digest is right.
 * @throws BottleError when it is corrupt or gone; HttpError when the registry did not answer; Error when S3 did not; the
 * reason of `signal` when it aborts
 */
export type Transfer = (bottle: SizedBottle, signal: AbortSignal) => Promise<Transferred>;

export const createTransfer = ({ openStaged, download, onCorrupt }: TransferParts): Transfer => {
  const fetchInto = async (
    bottle: SizedBottle,
    staged: StagedBottle,
    sha256: Hash | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    const sink = {
      get position() {
        return staged.position;
      },
      write(bytes: Buffer) {
        sha256?.update(bytes);
        return staged.write(bytes);
      },
    };
    try {
      await download(bottle, sink, signal);
    } catch (error) {
      if (signal.aborted || !isFinal(error)) throw error;
      await staged.discard();
      const kind = error.kind === "malformed" ? "corrupt" : "gone";
      throw new BottleError(kind, error.message);
    }
  };

  return async (bottle, signal) => {
    for (let attempt = 1; ; attempt++) {
      const staged = await openStaged(bottle);
      try {
        // The bytes of an earlier attempt are read again at the end.
        const sha256 = staged.position === 0 ? createHash("sha256") : undefined;
        await fetchInto(bottle, staged, sha256, signal);
        await staged.close();
        const found = sha256 ? sha256.digest("hex") : await hashOf(staged);
        if (found === bottle.sha256) return { size: staged.position, isWritten: await staged.publish() };
        onCorrupt(bottle, found);
        await staged.discard();
        if (attempt === maxCorrupt)
          throw new BottleError("corrupt", `expected the SHA-256 ${bottle.sha256}, found ${found}`);
      } finally {
        await staged.release();
      }
    }
  };
};
