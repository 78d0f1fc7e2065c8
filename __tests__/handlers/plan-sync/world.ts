import * as v from "valibot";
import { createHttp } from "../../../bottles/http";
import { blobKeyOf, indexKeyOf } from "../../../bottles/names";
import { readPlan } from "../../../bottles/plan/read-plan";
import { parseSyncEvent } from "../../../bottles/plan/sync-event";
import { createStore } from "../../../bottles/store/store";
import { type PlanSyncEnvironment, planSyncEnvironment } from "../../../handlers/plan-sync/environment";
import { createPlanSync } from "../../../handlers/plan-sync/plan-sync";
import { type Corpus, createCorpus, type FaultScript, serveHomebrew } from "../../../testing/homebrew";
import { connectionTo, ObjectStore, type StoreConnectionSettings } from "../../../testing/object-store";

export const webhook = "https://hooks.slack.com/services/T000/B000/a-secret-token";

export type WorldSettings = {
  corpus?: Corpus;
  environment?: Partial<PlanSyncEnvironment>;
  faults?: FaultScript;
  apiFiles?: ReadonlyMap<string, string>;
  secret?: () => Promise<string>;
  intercept?: StoreConnectionSettings["intercept"];
  invokeAsync?: () => Promise<void>;
};

export const smallCorpus = createCorpus({ seed: 7, bottles: 60, scale: 0.0001 });

/** The function plan-sync with a bucket, a Slack and a stand-in of Homebrew. */
export const createWorld = async (settings: WorldSettings = {}) => {
  const { corpus = smallCorpus, faults, apiFiles = new Map(), intercept } = settings;
  const homebrew = await serveHomebrew({ corpus, apiFiles, ...(faults && { faults }) });
  const objects = new ObjectStore();
  const connection = connectionTo(objects, intercept && { intercept });
  const http = createHttp({ connections: 10 });
  const lines: string[] = [];
  const invocations: { functionName: string; event: unknown }[] = [];
  const notices: Record<string, unknown>[] = [];
  const environment = v.parse(planSyncEnvironment, {
    S3_BUCKET_NAME: "mirror",
    CATALOGUE_URL: homebrew.catalogueUrl,
    TARGET_PLATFORMS: "arm64_tahoe,arm64_sequoia,x86_64_linux",
    SYNC_FUNCTION_ARN: "sync",
    LAUNCH_FUNCTION_ARN: "launch",
    SLACK_WEBHOOK_SECRET_NAME: "slack",
    ...settings.environment,
  });
  const handler = createPlanSync({
    connection,
    http,
    readSecret: settings.secret ?? (async () => webhook),
    invokeAsync: async (functionName, event) => {
      await settings.invokeAsync?.();
      invocations.push({ functionName, event: JSON.parse(event) });
    },
    environment,
    now: () => Date.parse("2026-11-29T03:00:00Z"),
    sleep: async () => {},
    retries: { sleep: async () => {}, maxAttempts: 2 },
    post: async (_url, body) => {
      notices.push(JSON.parse(body));
      return { status: 200, text: "ok" };
    },
    write: (line) => lines.push(line),
  });
  const wanted = homebrew.bottles().filter(({ tag }) => tag !== "arm64_sonoma");
  return {
    homebrew,
    objects,
    lines,
    invocations,
    notices,
    /** Bottles that clients of the platforms take. */
    wanted,
    titles: () => notices.map(({ text }) => String(text).split(".")[0]),
    run: (event: unknown = { time: "2026-11-29T03:00:00Z" }, remainingMs = 900_000) =>
      handler(event, { awsRequestId: "request-1", getRemainingTimeInMillis: () => remainingMs }),
    /** Puts bottles and their indexes into the mirror. */
    mirror: (bottles = wanted) => {
      for (const bottle of bottles) {
        objects.put(blobKeyOf(bottle), Buffer.alloc(bottle.size));
        objects.put(indexKeyOf(bottle), Buffer.from("{}"));
      }
    },
    /** The plan that the last invocation names. */
    plan: async () => {
      const { detail } = parseSyncEvent(invocations.at(-1)?.event);
      return (await readPlan(createStore("mirror", connectionTo(objects)), detail.plan)).bottles;
    },
    metric: (name: string) =>
      lines.map((line) => JSON.parse(line)).flatMap((line) => (Object.hasOwn(line, name) ? line[name] : [])),
    stop: () => {
      homebrew.stop();
      http.close();
    },
  };
};
export type World = Awaited<ReturnType<typeof createWorld>>;
