import { createHash } from "node:crypto";
import type { SizedBottle } from "../../bottles/bottle";
import { imageOf, indexReferenceOf } from "../../bottles/names";
import { createRandom, normal } from "./random";

export type CorpusSettings = {
  seed: number;
  bottles: number;
  /** Sizes are multiplied by it. 1: a median of 0.5 MB, a mean of 2 MB, and one of 300 MB in each 1,000. */
  scale?: number;
};

/** A bottle of the stand-in. Its bytes are computed, so that gigabytes of them need no disk. */
export type CorpusBottle = Omit<SizedBottle, "url" | "size"> & {
  size: number;
  /** Its bytes from `start`, at most `length` of them. They must not be changed. */
  read(start: number, length: number): Buffer;
};

/** Bottles whose formulae, versions, sizes and bytes depend on the seed only. */
export type Corpus = { bottles: readonly CorpusBottle[] };

const medianBytes = 500_000;
const sigma = 1.68;
const maxBytes = 300_000_000;
const minBytes = 64;

const tags = ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma", "x86_64_linux"];
/** Names that need care: each is the name of a real formula. */
const oddNames = ["openssl@3", "gtk+3", "libsigc++@2", "x265", "a52dec", "python@3.14"];

const poolBytes = 4 * 1024 * 1024;
const labelBytes = 32;

const createPool = (random: () => number): Buffer => {
  const words = new Uint32Array(poolBytes / 4);
  for (let index = 0; index < words.length; index++) words[index] = random() * 2 ** 32;
  return Buffer.from(words.buffer);
};

/** The pool again and again from an offset of its own, behind a label of its own. */
const createRead = (pool: Buffer, label: Buffer, offset: number, size: number) => {
  return (start: number, length: number): Buffer => {
    const end = Math.min(start + length, size);
    if (start >= end) return Buffer.alloc(0);
    if (start < labelBytes) return label.subarray(start, Math.min(end, labelBytes));
    const from = (offset + start) % poolBytes;
    return pool.subarray(from, Math.min(from + end - start, poolBytes));
  };
};

const hash = (bottle: Pick<CorpusBottle, "read" | "size">): string => {
  const sha256 = createHash("sha256");
  for (let at = 0; at < bottle.size; ) {
    const piece = bottle.read(at, bottle.size);
    sha256.update(piece);
    at += piece.length;
  }
  return sha256.digest("hex");
};

/** Which bottle of each 1,000 is as large as the largest. */
const largest = 500;

const sizeOf = (index: number, random: () => number, scale: number): number => {
  const drawn = Math.min(medianBytes * Math.exp(sigma * normal(random)), maxBytes);
  const size = index % 1_000 === largest ? maxBytes : drawn;
  return Math.max(Math.round(size * scale), minBytes);
};

export const createCorpus = ({ seed, bottles: count, scale = 1 }: CorpusSettings): Corpus => {
  const random = createRandom(seed);
  const pool = createPool(random);
  const bottles: CorpusBottle[] = [];
  for (let index = 0; bottles.length < count; index++) {
    const formula = oddNames[index] ?? `formula-${index}`;
    const version = `${1 + Math.floor(random() * 9)}.${Math.floor(random() * 30)}.${index}${random() < 0.2 ? "_1" : ""}`;
    const rebuild = random() < 0.1 ? 1 : 0;
    const ofFormula = random() < 0.2 ? ["all"] : tags;
    for (const tag of ofFormula.slice(0, count - bottles.length)) {
      const size = sizeOf(bottles.length, random, scale);
      const label = createHash("sha256").update(`${seed} ${formula} ${tag}`).digest();
      const read = createRead(pool, label, Math.floor(random() * poolBytes), size);
      bottles.push({ formula, version, rebuild, tag, size, read, sha256: hash({ read, size }) });
    }
  }
  return { bottles };
};

/** Bottles by the name of their formula in the registry and the reference of their index. */
export const indexesOf = ({ bottles }: Corpus): Map<string, CorpusBottle[]> => {
  const indexes = new Map<string, CorpusBottle[]>();
  for (const bottle of bottles) {
    const key = `${imageOf(bottle.formula)}/manifests/${indexReferenceOf(bottle)}`;
    indexes.set(key, [...(indexes.get(key) ?? []), bottle]);
  }
  return indexes;
};
