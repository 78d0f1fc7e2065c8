import fc from "fast-check";
import { type History, history } from "./registrar/history";
import { createStage } from "./registrar/stage";

/** `HISTORIES=100000` plays so many; `SEED` and `HISTORY_PATH` play one again. */
const { HISTORIES = "2000", SEED = "2026", HISTORY_PATH = "" } = process.env;

// What was launched stays known to local AWS for a day, so a stage is not for ever.
const historiesPerStage = 500;

test(`${HISTORIES} random histories end with every target group equal to the running tasks`, async () => {
  let stage = await createStage();
  let played = 0;
  const outcome = await fc.check(
    fc.asyncProperty(history, async (given: History) => {
      if (++played % historiesPerStage === 0) stage = await createStage();
      const mine = stage;
      // Where a history fails, what it leaves behind is nobody else's.
      stage = undefined as never;
      try {
        const { swept, troubles } = await mine.play(given);
        expect({ swept, troubles }).toEqual({ swept, troubles: [] });
        stage = mine;
      } finally {
        stage ??= await createStage();
      }
    }),
    { numRuns: Number(HISTORIES), seed: Number(SEED), path: HISTORY_PATH },
  );
  if (outcome.failed) throw new Error(fc.defaultReportMessage(outcome));
}, 36e5);
