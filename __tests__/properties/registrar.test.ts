import fc from "fast-check";
import {
  ignoringAddressReuse,
  ignoringRedelivery,
  withGeneralReminders,
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

/** Number of histories and random seed. `HISTORY_PATH` replays one that failed. */
const { HISTORIES = "2000", SEED = "2026", HISTORY_PATH = "" } = process.env;

// Local AWS keeps launches for a day, so a stage is replaced from time to time.
const historiesPerStage = 500;

/** Plays histories one after the other. After a failure the next one gets a new stage. */
const createPlayer = (startRegistrar?: StartRegistrar) => {
  let stage: ReturnType<typeof createStage> | undefined;
  let played = 0;
  return async (given: History): Promise<Verdict> => {
    if (played++ % historiesPerStage === 0) stage = undefined;
    stage ??= createStage(startRegistrar);
    const { play } = await stage;
    try {
      const verdict = await play(given);
      if (verdict.violations.length > 0) stage = undefined;
      return verdict;
    } catch (error) {
      stage = undefined;
      throw error;
    }
  };
};

test(
  `registers exactly the running tasks at the end of ${HISTORIES} random histories`,
  async () => {
    const play = createPlayer();
    let swept = 0;
    const outcome = await fc.check(
      fc.asyncProperty(history, async (given) => {
        const verdict = await play(given);
        if (verdict.swept) swept += 1;
        expect(verdict.violations).toEqual([]);
      }),
      { numRuns: Number(HISTORIES), seed: Number(SEED), path: HISTORY_PATH },
    );
    if (outcome.failed) {
      const again = `HISTORIES=1 SEED=${outcome.seed} HISTORY_PATH=${outcome.counterexamplePath}`;
      throw new Error(
        `${fc.defaultReportMessage(outcome)}\n\nTo replay it: ${again} npx jest --selectProjects properties --testPathPatterns registrar`,
      );
    }
    if (HISTORY_PATH !== "") return;
    // Some histories need a sweep, most do not.
    expect(swept).toBeGreaterThan(outcome.numRuns * 0.1);
    expect(swept).toBeLessThan(outcome.numRuns * 0.5);
  },
  Math.max(120_000, Number(HISTORIES) * 300),
);

// One reminder for each stop, one more when the target has not drained by then, and some for retries.
const maxRemindersForStop = 3;

const remindersOf = (start?: StartRegistrar) => {
  const play = createPlayer(start);
  return fc.check(
    fc.asyncProperty(overlappingStops, async (given) => {
      const { violations, stops, reminders } = await play(given);
      expect(violations).toEqual([]);
      expect(reminders).toBeLessThanOrEqual(stops * maxRemindersForStop);
    }),
    { numRuns: 3, seed: 1, endOnFailure: true },
  );
};

test("sends a bounded number of reminders when stops overlap for minutes", async () => {
  const outcome = await remindersOf();
  if (outcome.failed) throw new Error(fc.defaultReportMessage(outcome));
}, 360_000);

test("finds a registrar that renews reminders for all draining tasks", async () => {
  expect((await remindersOf(withGeneralReminders)).failed).toBe(true);
}, 360_000);

test.each<[string, StartRegistrar, fc.Arbitrary<History>]>([
  ["registers what each event says", naiveRegistrar, calmHistory],
  ["does not mark stopping tasks", withoutMarks, history],
  ["makes no second check", withoutSecondLook, history],
  ["ignores that addresses are reused", ignoringAddressReuse, reuse],
  ["ignores that a message is redelivered", ignoringRedelivery, reuseAndCrash],
])(
  "finds wrong targets or tasks of a registrar that %s",
  async (_, start, histories) => {
    const play = createPlayer(start);
    const outcome = await fc.check(
      fc.asyncProperty(histories, async (given) => {
        expect((await play(given)).violations).toEqual([]);
      }),
      { numRuns: 1000, seed: 1, endOnFailure: true },
    );
    expect(outcome.failed).toBe(true);
  },
  240_000,
);
