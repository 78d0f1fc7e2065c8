import fc from "fast-check";
import {
  withGeneralReminders,
  withoutCareForRedelivery,
  withoutCareForReuse,
  withoutMarks,
  withoutSecondLook,
} from "./registrar/broken";
import {
  calmHistory,
  type History,
  history,
  overlappingStops,
  reuse,
  reuseAndCrash,
} from "./registrar/history";
import { naiveRegistrar } from "./registrar/naive";
import { createStage, type StartRegistrar, type Verdict } from "./registrar/stage";

/** How many histories are played, and the seed they are made of. `HISTORY_PATH` is for one that failed. */
const { HISTORIES = "2000", SEED = "2026", HISTORY_PATH = "" } = process.env;

// Local AWS remembers what was launched for a day: a stage is not for ever.
const historiesPerStage = 500;

/** Plays histories one after the other, the next one elsewhere when one has failed. */
const createPlayer = (startRegistrar?: StartRegistrar) => {
  let stage: ReturnType<typeof createStage> | undefined;
  let played = 0;
  return async (given: History): Promise<Verdict> => {
    if (played++ % historiesPerStage === 0) stage = undefined;
    stage ??= createStage(startRegistrar);
    const { play } = await stage;
    try {
      const verdict = await play(given);
      if (verdict.troubles.length > 0) stage = undefined;
      return verdict;
    } catch (error) {
      stage = undefined;
      throw error;
    }
  };
};

test(
  `${HISTORIES} random histories: at rest every target group holds the running tasks and no others`,
  async () => {
    const play = createPlayer();
    let swept = 0;
    const outcome = await fc.check(
      fc.asyncProperty(history, async (given) => {
        const verdict = await play(given);
        if (verdict.swept) swept += 1;
        expect(verdict.troubles).toEqual([]);
      }),
      { numRuns: Number(HISTORIES), seed: Number(SEED), path: HISTORY_PATH },
    );
    if (outcome.failed) {
      const again = `HISTORIES=1 SEED=${outcome.seed} HISTORY_PATH=${outcome.counterexamplePath}`;
      throw new Error(
        `${fc.defaultReportMessage(outcome)}\n\nTo play it again: ${again} npx jest --selectProjects properties --testPathPatterns registrar`,
      );
    }
    if (HISTORY_PATH !== "") return;
    // Some needed a sweep, and most got along without.
    expect(swept).toBeGreaterThan(outcome.numRuns * 0.1);
    expect(swept).toBeLessThan(outcome.numRuns * 0.5);
  },
  Math.max(120_000, Number(HISTORIES) * 300),
);

// A reminder for each stop, at most one more for a task whose target has not drained by then, and a few for retries.
const maxRemindersForStop = 3;

const remindersOf = (start?: StartRegistrar) => {
  const play = createPlayer(start);
  return fc.check(
    fc.asyncProperty(overlappingStops, async (given) => {
      const { troubles, stops, reminders } = await play(given);
      expect(troubles).toEqual([]);
      expect(reminders).toBeLessThanOrEqual(stops * maxRemindersForStop);
    }),
    { numRuns: 3, seed: 1, endOnFailure: true },
  );
};

test("stops that overlap for minutes: no more reminders than stops ask for", async () => {
  const outcome = await remindersOf();
  if (outcome.failed) throw new Error(fc.defaultReportMessage(outcome));
}, 360_000);

test("reminders that are renewed for whatever drains multiply, and this test tells", async () => {
  expect((await remindersOf(withGeneralReminders)).failed).toBe(true);
}, 360_000);

test.each<[string, StartRegistrar, fc.Arbitrary<History>]>([
  ["does what each event says", naiveRegistrar, calmHistory],
  ["forgets its marks", withoutMarks, history],
  ["does not look a second time", withoutSecondLook, history],
  ["does not care who has an address now", withoutCareForReuse, reuse],
  ["does not care whether a message has been tried before", withoutCareForRedelivery, reuseAndCrash],
])(
  "a registrar that %s ends with wrong targets or tasks, and this test tells",
  async (_, start, histories) => {
    const play = createPlayer(start);
    const outcome = await fc.check(
      fc.asyncProperty(histories, async (given) => {
        expect((await play(given)).troubles).toEqual([]);
      }),
      { numRuns: 1000, seed: 1, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  },
  240_000,
);
