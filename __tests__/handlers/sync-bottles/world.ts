import { Readable } from "node:stream";
import type { Bottle, SizedBottle } from "../../../bottles/bottle";
import type { Http, HttpResponse } from "../../../bottles/http";
import { blobKeyOf, indexKeyOf, indexUrlOf } from "../../../bottles/names";
import { createSyncEvent } from "../../../bottles/plan/sync-event";
import { writePlan } from "../../../bottles/plan/write-plan";
import { createStore } from "../../../bottles/store/store";
import type { Timers } from "../../../bottles/sync/timers";
import { parseEnvironment } from "../../../handlers/shared/schema";
import { syncBottlesEnvironment } from "../../../handlers/sync-bottles/environment";
import { createSyncBottlesFunction } from "../../../handlers/sync-bottles/sync-bottles";
import { VirtualClock } from "../../../local/clock";
import { createCorpus } from "../../../testing/homebrew";
import { toIndex } from "../../../testing/homebrew/shapes";
import { connectionTo, ObjectStore, type StoreConnectionSettings } from "../../../testing/object-store";

const registry = "https://ghcr.io";
const corpus = createCorpus({ seed: 3, bottles: 60, scale: 0.002 });

export type DeadlineSettings = {
  bottles: number;
  /** How long a request to the registry takes, in ms of the virtual clock. */
  requestMs: number;
  /** How long the function may run. */
  limitMs: number;
  connection?: StoreConnectionSettings;
};

/** The function on a virtual clock, with a registry that takes its time. */
export const createDeadlineWorld = async ({
  bottles: count,
  requestMs,
  limitMs,
  connection,
}: DeadlineSettings) => {
  const clock = new VirtualClock();
  const now = () => clock.now().getTime();
  const timers: Timers = {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = clock.setTimer(ms, () => resolve(undefined));
        signal?.addEventListener("abort", () => {
          cancel();
          reject(signal.reason);
        });
      }),
    after: (ms, action) => clock.setTimer(ms, action),
  };
  const chosen = corpus.bottles.slice(0, count);
  const bottles: SizedBottle[] = chosen.map(({ read: _, ...bottle }) => ({
    ...bottle,
    url: `${registry}/${blobKeyOf(bottle)}`,
  }));
  const bucket = new ObjectStore({ now });
  const plain = connectionTo(bucket);
  const store = createStore("mirror", plain);
  const event = createSyncEvent("run", (await writePlan(store, "run", bottles)).reference);

  const bodyOf = (url: string): Buffer => {
    const bottle = chosen.find((each) => url === `${registry}/${blobKeyOf(each)}`);
    if (bottle) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bottle.size; at += pieces.at(-1)!.length)
        pieces.push(bottle.read(at, bottle.size));
      return Buffer.concat(pieces);
    }
    return Buffer.from(
      toIndex(
        chosen.filter((each) => url === indexUrlOf({ ...each, url: `${registry}/${blobKeyOf(each)}` })),
      ),
    );
  };
  let requests = 0;
  const http: Http = {
    async get({ url, signal }): Promise<HttpResponse> {
      requests += 1;
      await timers.sleep(requestMs, signal);
      const content = bodyOf(url);
      return {
        status: 200,
        headers: { "content-length": String(content.length) },
        body: Readable.from([content]),
      };
    },
    close: () => {},
  };

  const invoked: { name: string; event: unknown; at: number }[] = [];
  const lines: string[] = [];
  const notices: string[] = [];
  const create = (limit: number, more: Partial<{ failInvoke: boolean }> = {}) => {
    const end = now() + limit;
    const handler = createSyncBottlesFunction({
      environment: parseEnvironment(syncBottlesEnvironment, {
        S3_BUCKET_NAME: "mirror",
        LAUNCH_FUNCTION_ARN: "launcher",
        SLACK_WEBHOOK_SECRET_NAME: "webhook",
      }),
      connection: connectionTo(bucket, { sleep: timers.sleep, ...connection }),
      http,
      readSecret: async () => "https://hooks.slack.example/1",
      post: async (_url, body) => {
        notices.push(body);
        return { status: 200, text: "ok" };
      },
      invokeAsync: async (name, text) => {
        if (more.failInvoke) throw new Error("Lambda answered 500");
        invoked.push({ name, event: JSON.parse(text), at: now() });
      },
      timers,
      write: (line) => lines.push(line),
    });
    return () =>
      handler(event, { awsRequestId: "request", getRemainingTimeInMillis: () => Math.max(end - now(), 0) });
  };

  /** Lets time pass until a promise is settled. @returns the time that it took in ms */
  const passUntil = async <T>(promise: Promise<T>): Promise<{ result: T; ms: number }> => {
    const began = now();
    let isSettled = false;
    const settled = promise.finally(() => {
      isSettled = true;
    });
    settled.catch(() => {});
    for (let step = 0; !isSettled && step < 40_000; step++) await clock.advance(100);
    return { result: await settled, ms: now() - began };
  };

  return {
    clock,
    bucket,
    event,
    bottles,
    invoked,
    lines,
    notices,
    requests: () => requests,
    invoke: (limit = limitMs, more = {}) => passUntil(create(limit, more)()),
    missing: (): Bottle[] => bottles.filter((bottle) => !bucket.objects.has(blobKeyOf(bottle))),
    missingIndexes: (): string[] =>
      [...new Set(bottles.map(indexKeyOf))].filter((key) => !bucket.objects.has(key)),
  };
};
