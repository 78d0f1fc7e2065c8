import { createHash } from "node:crypto";
import type { Bottle, SizedBottle } from "../bottles/bottle";
import { createHttp, type Http } from "../bottles/http";
import { blobKeyOf } from "../bottles/names";
import { createSyncEvent } from "../bottles/plan/sync-event";
import { writePlan } from "../bottles/plan/write-plan";
import { createStore } from "../bottles/store/store";
import { createSync, type SyncParts } from "../bottles/sync/create-sync";
import { type SyncSettings, syncEnvironment } from "../bottles/sync/environment";
import { realTimers, type Timers } from "../bottles/sync/timers";
import { parseEnvironment } from "../handlers/shared/schema";
import { type Corpus, type CorpusSettings, createCorpus, type FaultScript, serveHomebrew } from "./homebrew";
import {
  connectionTo,
  ObjectStore,
  type ObjectStoreSettings,
  type StoreConnectionSettings,
} from "./object-store";

export const bucketName = "mirror";

const factor = 100;
const startedAt = Date.now();

/** Time that passes a hundred times as fast. */
export const hastyTimers: Timers = {
  now: () => startedAt + (Date.now() - startedAt) * factor,
  sleep: (ms, signal) => realTimers.sleep(ms / factor, signal),
  after: (ms, action) => realTimers.after(ms / factor, action),
};

const mebibyte = 1024 * 1024;

const corpora = new Map<string, Corpus>();

/** The same corpus for the same settings: to compute one takes longer than most syncs of tests. */
const corpusOf = (settings: CorpusSettings): Corpus => {
  const key = JSON.stringify(settings);
  const corpus = corpora.get(key) ?? createCorpus(settings);
  corpora.set(key, corpus);
  return corpus;
};

export type BottleSyncSettings = {
  corpus: CorpusSettings;
  faults?: FaultScript;
  objectStore?: ObjectStoreSettings;
  /** Of pieces and parts. Default: as of the sizes of the bottles. */
  pieceScale?: number;
};

/**
 * Homebrew and a bucket, between which bottles are synced. Sizes of pieces are scaled as the sizes of the bottles are.
 */
export const createBottleSyncWorld = async ({
  corpus: wanted,
  faults,
  objectStore,
  pieceScale: scale = wanted.scale ?? 1,
}: BottleSyncSettings) => {
  const corpus = corpusOf(wanted);
  const homebrew = await serveHomebrew({ corpus, ...(faults && { faults }) });
  const bucket = new ObjectStore({ minPartBytes: Math.round(5 * mebibyte * scale), ...objectStore });
  const pieceBytes = Math.round(5 * mebibyte * scale);
  const store = createStore(bucketName, connectionTo(bucket));
  const opened: Http[] = [];

  return {
    corpus,
    homebrew,
    bucket,
    store,
    pieceBytes,
    /** Largest size of a bottle that is stored at once. */
    partLimit: 2 * pieceBytes,
    bottles: homebrew.bottles(),

    /** Writes a plan. @returns the event that starts its sync */
    plan: async (run: string, bottles: readonly SizedBottle[] = homebrew.bottles()) =>
      createSyncEvent(run, (await writePlan(store, run, bottles)).reference),

    /** A sync as in a process of its own. */
    sync({
      environment = {},
      connection,
      http,
      lines = [],
      ...more
    }: {
      environment?: Partial<Record<keyof SyncSettings, string>>;
      connection?: StoreConnectionSettings;
      http?: (real: Http) => Http;
      /** Gets what is logged. */
      lines?: string[];
    } & Partial<Pick<SyncParts, "timers" | "owner" | "graceMs" | "post" | "readSecret">> = {}) {
      const real = createHttp({ connections: 20, idleTimeoutMs: 2_000 });
      opened.push(real);
      return createSync({
        settings: parseEnvironment(syncEnvironment, { S3_BUCKET_NAME: bucketName, ...environment }),
        connection: connectionTo(bucket, connection),
        http: http?.(real) ?? real,
        readSecret: async () => "https://hooks.slack.example/1",
        post: async () => ({ status: 200, text: "ok" }),
        timers: hastyTimers,
        owner: "process",
        graceMs: 1_000,
        write: (line) => lines.push(line),
        pieceBytes,
        ...more,
      });
    },

    /** What is wrong with the bottles in the bucket, whoever reads it now. */
    findWrongObjects: (): string[] =>
      bucket.keys("v2/homebrew/core/").filter((key) => {
        const sha256 = /\/blobs\/sha256:(.*)$/.exec(key)?.[1];
        if (sha256 === undefined) return false;
        return createHash("sha256").update(bucket.objects.get(key)!.body).digest("hex") !== sha256;
      }),
    has: (bottle: Bottle): boolean => bucket.objects.has(blobKeyOf(bottle)),
    missing: (): SizedBottle[] => homebrew.bottles().filter((each) => !bucket.objects.has(blobKeyOf(each))),

    stop: () => {
      for (const http of opened) http.close();
      homebrew.stop();
    },
  };
};
export type BottleSyncWorld = Awaited<ReturnType<typeof createBottleSyncWorld>>;
