import fc from "fast-check";
import { buildInput, input, type Known } from "./hostile-input/input";
import { nastiest } from "./hostile-input/nastiest";
import { createSubject } from "./hostile-input/start-task";

/** How many random inputs, and the seed they are made of. */
const { HISTORIES = "600", SEED = "2026" } = process.env;

describe.each([false, true])("start-task, with a buffer: %p", (buffer) => {
  const subject = createSubject({ buffer });
  let goods = 0;

  /** Feeds an input. @returns what is wrong */
  const feed = async (make: (known: Known) => unknown, isEveryGoodServed: boolean): Promise<string[]> => {
    const { feed, launched, lastStopped } = await subject;
    const ids: string[] = [];
    const nextId = () => {
      goods += 1;
      ids.push(`good-${goods}`);
      return `good-${goods}`;
    };
    const troubles = await feed(make({ nextId, lastStopped }));
    const missing = isEveryGoodServed ? ids.filter((id) => !launched().has(id)) : [];
    return [...troubles, ...missing.map((id) => `${id} is not launched`)];
  };

  test.each(nastiest)("bounds what it does: %s", async (_what, make) => {
    expect(await feed(make, true)).toEqual([]);
  });

  test(
    `bounds what it does: ${HISTORIES} random inputs`,
    async () => {
      await fc.assert(
        fc.asyncProperty(input, async (given) => {
          // What is good stays good in a batch, unless somebody has put it into a record of something else.
          const isServed = given.kind === "batch" && given.events.every(({ kind }) => kind !== "record");
          expect(await feed((known) => buildInput(given, known), isServed)).toEqual([]);
        }),
        { numRuns: Math.ceil(Number(HISTORIES) / 2), seed: Number(SEED) + Number(buffer) },
      );
    },
    Math.max(360_000, Number(HISTORIES) * 100),
  );
});
