import { PassThrough } from "node:stream";
import type { Http } from "../../../bottles/http";
import type { Timers } from "../../../bottles/sync/timers";
import { hastyTimers } from "../../../testing/bottle-sync";
import type { ObjectStore, StoreConnectionSettings } from "../../../testing/object-store";
import { answerS3 } from "../../../testing/object-store/answer";

const never = <T>(): Promise<T> => new Promise(() => {});

/**
 * What a process has to do with the world, until it is killed: then nothing that it does has an effect, and nothing answers.
 * @param moments requests to S3 and pieces of bodies until it dies
 * @param isLastApplied whether S3 does what the last request wants, although nobody hears of it
 */
export const createMortalProcess = (bucket: ObjectStore, moments: number, isLastApplied: boolean) => {
  let left = moments;
  let die = (): void => {};
  const died = new Promise<"killed">((resolve) => {
    die = () => resolve("killed");
  });
  const cancels = new Set<() => void>();
  const bodies = new Set<PassThrough>();
  let arrivedBytes = 0;
  const isDead = (): boolean => left <= 0;

  const pass = (): void => {
    left -= 1;
    if (left !== 0) return;
    for (const cancel of cancels) cancel();
    for (const body of bodies) body.destroy();
    die();
  };

  const connection: StoreConnectionSettings = {
    intercept: (request) => {
      if (isDead()) return never();
      pass();
      if (!isDead()) return undefined;
      if (isLastApplied) answerS3(bucket, request);
      return never();
    },
  };

  const http = (real: Http): Http => ({
    async get(request) {
      if (isDead()) return never();
      const response = await real.get(request);
      if (isDead()) {
        response.body.on("error", () => {}).destroy();
        return never();
      }
      const body = new PassThrough();
      bodies.add(body);
      response.body.on("error", (error) => body.destroy(error));
      response.body.on("data", (chunk: Buffer) => {
        if (isDead()) return;
        arrivedBytes += chunk.length;
        pass();
      });
      body.on("close", () => {
        bodies.delete(body);
        response.body.destroy();
      });
      response.body.pipe(body);
      return { ...response, body };
    },
    close: () => real.close(),
  });

  const timers: Timers = {
    now: hastyTimers.now,
    sleep: async (ms, signal) => {
      await hastyTimers.sleep(ms, signal);
      return isDead() ? never() : undefined;
    },
    after(ms, action) {
      if (isDead()) return () => {};
      const cancelTimer = hastyTimers.after(ms, () => {
        cancels.delete(cancelTimer);
        action();
      });
      cancels.add(cancelTimer);
      return () => {
        cancels.delete(cancelTimer);
        cancelTimer();
      };
    },
  };

  return {
    connection,
    http,
    timers,
    died,
    isDead,
    arrivedBytes: () => arrivedBytes,
    momentsLeft: () => left,
  };
};
