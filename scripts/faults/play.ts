import { type Account, createAccount, type Runtime } from "./account";
import { createActor, type Done } from "./actor";
import type { Deploy } from "./deploy";
import { look } from "./look";
import type { Scenario } from "./scenarios";
import type { Scene } from "./verdict";

const minute = 60_000;

/** Functions of one kind, and what runs them. */
export type Side = {
  deploy: Deploy;
  createRuntime: (account: Pick<Account, "core" | "clock" | "listen">) => Promise<Runtime> | Runtime;
};
/** Plays a scenario in an account of its own. */
export const play = async (
  { faults = [], timings, container, play: act, setting, wanted }: Scenario,
  { deploy, createRuntime }: Side,
): Promise<Scene> => {
  const ends = setting.kind === "job" ? { durationMs: minute } : {};
  const account = await createAccount({
    createRuntime,
    container: container ?? (() => ends),
    ...(timings && { timings }),
  });
  try {
    const deployed = await deploy(account, setting);
    const done: Done = { ids: [], redriven: [] };
    account.faults.set(faults);
    await act(createActor(deployed, done));
    account.faults.set([]);
    // The log is whole when nothing runs any more.
    await account.runtime.stop();
    return await look(deployed, done, wanted);
  } finally {
    await account.close();
  }
};
