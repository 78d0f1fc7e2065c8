import fc from "fast-check";
import { buildInput, input } from "./input";
import { knownBadInputs } from "./known-bad-inputs";
import type { Subject } from "./subject";

/** How many random inputs for each function, and the seed they are made of. */
const { HISTORIES = "600", SEED = "2026" } = process.env;

/** The tests of one function. @param share of the random inputs */
export const testSubject = (create: () => Promise<Subject>, share = 1): void => {
  let subject: Promise<Subject> | undefined;
  const feed: Subject = async (make) => {
    subject ??= create();
    return (await subject)(make);
  };

  test.each(knownBadInputs)("bounds what it does: %s", async (_what, make) => {
    expect(await feed(make)).toEqual([]);
  });

  const count = Math.ceil(Number(HISTORIES) * share);
  test(
    `bounds what it does: ${count} random inputs`,
    async () => {
      await fc.assert(
        fc.asyncProperty(input, async (given) => {
          expect(await feed((known) => buildInput(given, known))).toEqual([]);
        }),
        { numRuns: count, seed: Number(SEED) },
      );
    },
    Math.max(360_000, count * 200),
  );
};
