import { type FindingType, findingTypes } from "../../scanner";
import { Random } from "./random";
import { decoys, makers } from "./values";

export type Planted = { type: FindingType; value: string; byteOffset: number };
export type Corpus = { text: Buffer; planted: Planted[] };

const verbs = ["accepted", "stored", "resized", "queued", "retried", "sent", "closed", "opened"];
const nouns = ["request", "invoice", "image", "message", "session", "upload", "report", "batch"];

const uuid = (random: Random): string =>
  [8, 4, 4, 4, 12].map((length) => random.text("0123456789abcdef", length)).join("-");
const time = (random: Random): string =>
  `2026-${String(random.integer(1, 12)).padStart(2, "0")}-${String(random.integer(1, 28)).padStart(2, "0")}T` +
  `${String(random.integer(0, 23)).padStart(2, "0")}:${String(random.integer(0, 59)).padStart(2, "0")}:07.${random.digits(3)}Z`;
const ip = (random: Random): string => `10.${[1, 2, 3].map(() => random.integer(0, 255)).join(".")}`;

/** Lines of logs, JSON and tables, with `item` in them. */
const lines: readonly ((random: Random, item: string) => string)[] = [
  (random, item) =>
    `${time(random)} INFO [worker-${random.integer(1, 16)}] ${random.pick(nouns)} ${uuid(random)} ${random.pick(verbs)} in ${random.integer(1, 999)} ms from ${ip(random)} ${item}\n`,
  (random, item) =>
    `{"time":"${time(random)}","level":"info","requestId":"${uuid(random)}","path":"/v1/${random.pick(nouns)}s/${random.integer(1, 99_999)}","status":${random.pick([200, 201, 404])},"message":"${random.pick(nouns)} ${random.pick(verbs)} ${item}","ms":${random.integer(1, 999)}.${random.digits(3)}}\n`,
  (random, item) =>
    `${random.digits(7)},${random.pick(nouns)},${random.pick(verbs)},${time(random).slice(0, 10)},${random.integer(1, 9999)}.${random.digits(2)},${item},${random.pick(["DE", "US", "FR"])},true\n`,
  (random, item) =>
    `The ${random.pick(nouns)} was ${random.pick(verbs)} by the ${random.pick(nouns)} ${item} and then ${random.pick(verbs)} again.\n`,
];

/** How a corpus is filled. */
export type CorpusOptions = {
  seed: number;
  bytes: number;
  /** Bytes for each value, about. */
  bytesPerValue: number;
  /** Decoys for each value. */
  decoysPerValue: number;
};

/** Text with known values at known places. */
export const createCorpus = ({ seed, bytes, bytesPerValue, decoysPerValue }: CorpusOptions): Corpus => {
  const random = new Random(seed);
  const pieces: Buffer[] = [];
  const planted: Planted[] = [];
  let size = 0;
  let sinceValue = 0;
  let decoysDue = 0;
  let turn = 0;
  while (size < bytes) {
    let item = "-";
    let value: { type: FindingType; text: string; label: string } | undefined;
    if (sinceValue >= bytesPerValue) {
      value = random.pick(makers[findingTypes[turn++ % findingTypes.length]!])(random);
      item = value.label + value.text;
      sinceValue -= bytesPerValue;
      decoysDue += decoysPerValue;
    } else if (decoysDue >= 1) {
      item = random.pick(decoys)(random);
      decoysDue--;
    }
    const line = random.pick(lines)(random, item);
    if (value !== undefined) {
      const before = line.slice(0, line.indexOf(item) + value.label.length);
      planted.push({ type: value.type, value: value.text, byteOffset: size + Buffer.byteLength(before) });
    }
    const piece = Buffer.from(line);
    pieces.push(piece);
    size += piece.length;
    sinceValue += piece.length;
  }
  return { text: Buffer.concat(pieces), planted };
};
