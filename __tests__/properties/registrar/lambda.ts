import type { VirtualClock } from "../../../local/clock";

const minute = 60_000;
const crash = Symbol("crash");

/** An execution environment of a function: it serves one call at a time until a fault of kind `crash` ends it. */
export type Environment = { handler(event: unknown): Promise<unknown>; crashed: Promise<void> };

/** Lambda as it calls a function: an environment for every concurrent call, kept until it crashes. */
export const createLambda = (clock: VirtualClock, start: () => Environment) => {
  const idle: Environment[] = [];

  /** One call. Throws what the function throws, or that it crashed. */
  const invoke = async (event: unknown): Promise<unknown> => {
    const environment = idle.pop() ?? start();
    const ended = await Promise.race([
      environment.handler(event).finally(() => idle.push(environment)),
      environment.crashed.then(() => crash),
    ]);
    if (ended === crash) throw new Error("Runtime exited with error: signal: killed");
    return ended;
  };

  return {
    invoke,
    /** Three tries, one and two minutes apart. Resolves to whether one succeeded. */
    deliver: async (event: unknown): Promise<boolean> => {
      for (const wait of [0, minute, 2 * minute]) {
        if (wait > 0) await clock.sleep(wait);
        try {
          await invoke(event);
          return true;
        } catch {
          // The next try, or else the on-failure destination.
        }
      }
      return false;
    },
  };
};
