import fc from "fast-check";
import { createCorpus } from "../../testing/scan/corpus";
import { poison } from "../../testing/scan/poison-lines";
import { Random } from "../../testing/scan/random";
import { scanPieces } from "../../testing/scan/scan-text";

/** Text with values, sometimes as one line, sometimes with a heading or poison in it. */
const textOf = (seed: number): Buffer => {
  const random = new Random(seed);
  const { text } = createCorpus({
    seed,
    bytes: 20_000,
    bytesPerValue: random.integer(50, 300),
    decoysPerValue: 1,
  });
  let content = text.toString();
  if (random.next() < 0.3) content = content.replaceAll("\n", " ");
  if (random.next() < 0.3) content = `ssn,name,id,card,phone\n${content}`;
  if (random.next() < 0.5) {
    const at = random.integer(0, content.length);
    content = content.slice(0, at) + random.pick(poison).repeat(2000) + content.slice(at);
  }
  return Buffer.from(content);
};

test("findings depend neither on how the text is split nor on the size of the window", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1100, max: 6000 }),
      (seed, lengths, windowBytes) => {
        const text = textOf(seed);
        const pieces: Buffer[] = [];
        for (let from = 0, turn = 0; from < text.length; turn++) {
          const length = lengths[turn % lengths.length]!;
          pieces.push(text.subarray(from, from + length));
          from += length;
        }
        expect(scanPieces(pieces, windowBytes)).toEqual(scanPieces([text]));
      },
    ),
    { numRuns: 25, seed: Number(process.env.SEED ?? 2026112800) },
  );
});
