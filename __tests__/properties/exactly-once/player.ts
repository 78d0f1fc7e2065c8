import fc from "fast-check";
import { type History, history } from "./history";
import { createStage, type Tamper } from "./stage";

/** Number of histories and random seed. `HISTORY_PATH` replays one that failed. */
const { HISTORIES = "2000", SEED = "2026", HISTORY_PATH = "" } = process.env;

// Local AWS keeps all objects and client tokens, so a stage is replaced from time to time.
const historiesPerStage = 200;

/** Plays histories one after the other. After a failure the next one gets a new stage. */
export const createPlayer = (tamper?: Tamper) => {
  const stages = new Map<string, { stage: ReturnType<typeof createStage>; played: number }>();
  return async (given: History) => {
    const name = `${given.buffer} ${given.failuresUseUpTokens}`;
    const used = stages.get(name);
    const current = used ?? { stage: createStage(given, tamper), played: 0 };
    stages.delete(name);
    const verdict = await (await current.stage).play(given);
    current.played += 1;
    if (verdict.violations.length === 0 && current.played < historiesPerStage) stages.set(name, current);
    return verdict;
  };
};

type Counts = Awaited<ReturnType<ReturnType<typeof createPlayer>>>["counts"];

/**
 * Plays one share of the histories, with its own seed, because test files run in parallel.
 * @throws Error with the violations of the smallest failing history, and the command to replay it
 */
const playShare = async (share: number, shares: number): Promise<Counts> => {
  const isReplay = HISTORY_PATH !== "";
  const play = createPlayer();
  const total = {} as Counts;
  let smallest: string[] = [];
  const outcome = await fc.check(
    fc.asyncProperty(history, async (given) => {
      const { violations, counts } = await play(given);
      if (violations.length > 0) smallest = violations;
      for (const name of Object.keys(counts) as (keyof Counts)[]) {
        total[name] = (total[name] ?? 0) + counts[name];
      }
      return violations.length === 0;
    }),
    {
      numRuns: isReplay ? 1 : Math.ceil(Number(HISTORIES) / shares),
      seed: isReplay ? Number(SEED) : Number(SEED) + share,
      path: HISTORY_PATH,
    },
  );
  if (!outcome.failed) return total;
  const again = `SEED=${outcome.seed} HISTORY_PATH=${outcome.counterexamplePath}`;
  const command = `${again} npx jest --selectProjects properties --testPathPatterns exactly-once-1`;
  throw new Error([...smallest, fc.defaultReportMessage(outcome), `To replay it: ${command}`].join("\n\n"));
};

/** The test of one file. There are as many files as shares. */
export const testShare = (share: number, shares: number): void => {
  test(
    `each event of share ${share} of ${HISTORIES} random histories ends in a finished task or a reason`,
    async () => {
      const counts = await playShare(share, shares);
      if (process.env.HISTORIES) console.info(`share ${share}: ${JSON.stringify(counts)}`);
      const { events, retried, dlqMessages, dropped } = counts;
      if (HISTORY_PATH !== "" || events < 500) return;
      // The faults must lead to retries and DLQ messages. Events that Lambda drops must be rare.
      expect(retried).toBeGreaterThan(events * 0.2);
      expect(dlqMessages).toBeGreaterThan(events * 0.2);
      expect(dropped).toBeLessThan(events * 0.005);
    },
    Math.max(900_000, (Number(HISTORIES) / shares) * 500),
  );
};
