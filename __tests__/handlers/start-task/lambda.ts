import type { ECSClient } from "@aws-sdk/client-ecs";
import type { World } from "./world";

const minute = 60_000;

/** An event whose retries are exhausted, and the last error. */
export type Exhausted = { event: unknown; requestId: string; reason: string };

const crash = Symbol("crash");

/**
 * Lambda as it calls a function asynchronously: an execution environment for every concurrent call, kept until it
 * crashes; three tries, one and two minutes apart; then the on-failure destination.
 */
export const createLambda = (world: World, tamper?: (ecs: ECSClient) => void) => {
  const idle: ReturnType<World["startFunction"]>[] = [];
  const exhausted: Exhausted[] = [];
  let requests = 0;

  const invoke = async (event: unknown, awsRequestId: string): Promise<unknown> => {
    const environment = idle.pop() ?? world.startFunction(tamper);
    const call = environment
      .handler(event, world.context(awsRequestId))
      .finally(() => idle.push(environment));
    const ended = await Promise.race([call, environment.crashed.then(() => crash)]);
    if (ended === crash) throw new Error("Runtime exited with error: signal: killed");
    return ended;
  };

  return {
    exhausted,
    deliver: async (event: unknown): Promise<void> => {
      const requestId = `request-${++requests}`;
      let thrown: unknown;
      for (const wait of [0, minute, 2 * minute]) {
        if (wait > 0) await world.clock.sleep(wait);
        try {
          await invoke(event, requestId);
          return;
        } catch (error) {
          thrown = error;
        }
      }
      exhausted.push({ event, requestId, reason: thrown instanceof Error ? thrown.message : String(thrown) });
    },
  };
};
