import { type Account, createAccount, type Runtime } from "./account";
import { type ActorLog, createActor } from "./actor";
import { collect } from "./collect";
import type { Deploy } from "./deploy";
import type { Scenario } from "./scenarios";
import type { ScenarioResult } from "./verdict";

const minute = 60_000;

/** One kind of functions, and their runtime. */
export type Side = {
  deploy: Deploy;
  createRuntime: (account: Pick<Account, "core" | "clock" | "listen">) => Promise<Runtime> | Runtime;
};

/** Plays a scenario in a new account. */
export const play = async (
  { faults = [], timings, container, play: act, settings, expected }: Scenario,
  { deploy, createRuntime }: Side,
): Promise<ScenarioResult> => {
  const ends = settings.kind === "job" ? { durationMs: minute } : {};
  const account = await createAccount({
    createRuntime,
    container: container ?? (() => ends),
    ...(timings && { timings }),
  });
  try {
    const deployed = await deploy(account, settings);
    const done: ActorLog = { ids: [], redriven: [] };
    account.faults.set(faults);
    await act(createActor(deployed, done));
    account.faults.set([]);
    // The log is complete when no function runs.
    await account.runtime.stop();
    return await collect(deployed, done, expected);
  } finally {
    await account.close();
  }
};
