import fc from "fast-check";
import { calmHistory, type History, history } from "./registrar/history";
import { naiveRegistrar } from "./registrar/naive";
import { createStage, type StartRegistrar, startReal, type Verdict } from "./registrar/stage";

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
  Math.max(120_000, Number(HISTORIES) * 200),
);

test("a registrar that does what each event says ends with wrong targets, and this test tells", async () => {
  const play = createPlayer(naiveRegistrar);
  const outcome = await fc.check(
    fc.asyncProperty(calmHistory, async (given) => {
      expect((await play(given)).troubles).toEqual([]);
    }),
    { numRuns: 200, seed: 1, endOnFailure: true },
  );
  expect(outcome.failed).toBe(true);
}, 60_000);

test("a registrar that forgets its marks leaves tasks running that were to be stopped, and this test tells", async () => {
  const play = createPlayer((world, tamper) =>
    startReal(world, (clients) => {
      tamper(clients);
      clients.ecs.middlewareStack.add(
        (next, { commandName }) =>
          (args) =>
            commandName === "TagResourceCommand"
              ? Promise.resolve({ output: { $metadata: {} } as never, response: {} })
              : next(args),
        { step: "initialize" },
      );
    }),
  );
  const outcome = await fc.check(
    fc.asyncProperty(history, async (given) => {
      expect((await play(given)).troubles).toEqual([]);
    }),
    { numRuns: 200, seed: 1, endOnFailure: true },
  );
  expect(outcome.failed).toBe(true);
}, 60_000);
