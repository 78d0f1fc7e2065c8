import { createPublicKey } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createHttp } from "../../../bottles/http";
import { type VerifiedMirror, verifyMirror } from "../../../bottles/verify-mirror/verify-mirror";
import type { PlanSyncResult } from "../../../handlers/plan-sync/plan-sync";
import type { LocalAws } from "../../../local";
import type { Steps } from "../steps";
import { until } from "../until";
import type { BottleSyncAws, EndedSync, StoredBottle } from "./aws";
import type { LocalHomebrew } from "./homebrew";
import { platforms, vpcEndpointId } from "./settings";
import type { SlackWebhook } from "./slack";
import { transferLine } from "./transfer-line";
import { VpcEndpoint } from "./vpc-endpoint";

/** Until Spot interrupts the task. */
const interruptedAfterMs = 5_000;

/** One run: what was planned, how it ended, and the bytes that the registry sent. */
export interface PlayedRun {
  readonly planned: PlanSyncResult;
  readonly ends: readonly EndedSync[];
  readonly sentBytes: number;
}

/** What happened, as AWS's own APIs, Homebrew and Slack tell it. */
export interface Happened {
  /** Of few bottles. */
  readonly byFunction: PlayedRun;
  /** Of more than the threshold. */
  readonly byTask: PlayedRun;
  readonly tasks: number;
  readonly corruptRefused: number;
  /** With a catalogue that has not changed. */
  readonly second: PlayedRun;
  readonly bottles: readonly StoredBottle[];
  readonly client: VerifiedMirror;
  readonly messages: readonly string[];
  /** Tokens of the registry that were sent to another host, and lines of logs with the URL of the webhook. */
  readonly leaked: { readonly tokens: number; readonly webhook: number };
}

interface World {
  readonly aws: BottleSyncAws;
  readonly homebrew: LocalHomebrew;
  readonly slack: SlackWebhook;
  readonly localAws: Pick<LocalAws, "faults" | "endpoint">;
  readonly bucketName: string;
  readonly steps: Steps;
}

/** Mirrors a catalogue that grows, and installs from the mirror as a client does. */
export async function play({ aws, homebrew, slack, localAws, bucketName, steps }: World): Promise<Happened> {
  /** Plays a run, and tells how far it is. */
  const run = async (time: string): Promise<PlayedRun> => {
    const before = homebrew.sentBytes;
    const planned = await aws.begin(time);
    const { outcome, bottles, bytes } = planned;
    steps.say(`  plan-sync: ${bottles} bottles of ${(bytes / 1e6).toFixed(1)} MB; outcome: ${outcome}`);
    const began = Date.now();
    let isDone = false;
    const telling = (async () => {
      while (!isDone) {
        await sleep(2_000);
        const sent = homebrew.sentBytes - before;
        if (!isDone && sent < bytes) steps.say(transferLine(sent, bytes, Date.now() - began));
      }
    })();
    try {
      const ends = await aws.completed(planned.run);
      return { planned, ends, sentBytes: homebrew.sentBytes - before };
    } finally {
      isDone = true;
      await telling;
    }
  };

  await aws.putWebhook(slack.url);

  const byFunction = await steps.run("function", "The first run: few bottles", async () => {
    const played = await run("2026-11-01T03:00:00Z");
    steps.say(`  the function sync-bottles has mirrored ${played.ends.at(-1)?.mirrored}`);
    return played;
  });

  const byTask = await steps.run("task", "A week later the catalogue has many more", async () => {
    homebrew.publish();
    steps.say("  one bottle is corrupt at the first download, and Spot interrupts the task in the middle");
    localAws.faults.set([
      {
        service: "ecs",
        action: "RunTask",
        fault: "ends",
        stopCode: "SpotInterruption",
        afterMs: interruptedAfterMs,
        times: 1,
      },
    ]);
    const requested = new Set<string>();
    let isOverloaded = true;
    let corrupted: string | undefined;
    homebrew.setFaults(({ place, sha256 = "", attempt }) => {
      if (place !== "storage") return undefined;
      requested.add(sha256);
      // So that the interruption finds work that is not done.
      if (isOverloaded && requested.size > 150) return { kind: "status", status: 503, retryAfterSeconds: 1 };
      if (attempt > 1 || (corrupted ?? sha256) !== sha256) return undefined;
      corrupted = sha256;
      return { kind: "corrupt" };
    });
    const interrupted = (async () => {
      await until(
        () => aws.tasks(),
        (tasks) => tasks.some(({ lastStatus }) => lastStatus === "STOPPED"),
      );
      steps.say("  the task was interrupted; the launcher starts another one, which goes on");
      isOverloaded = false;
    })();
    const played = await run("2026-11-08T03:00:00Z");
    await interrupted;
    homebrew.setFaults(() => undefined);
    localAws.faults.set([]);
    return played;
  });

  const second = await steps.run("again", "Once more: the catalogue has not changed", () =>
    run("2026-11-15T03:00:00Z"),
  );

  const bottles = await steps.run("digests", "Every bottle in the bucket is read and hashed", async () => {
    const stored = await aws.bottles();
    steps.say(`  ${stored.length} bottles, ${stored.filter(({ isRight }) => !isRight).length} of them wrong`);
    return stored;
  });

  const client = await steps.run(
    "client",
    "A client without the internet installs from the mirror",
    async () => {
      const vpcEndpoint = new VpcEndpoint(vpcEndpointId, localAws.endpoint);
      const verified = await verifyMirror({
        http: createHttp({ connections: 8 }),
        mirrorUrl: `${await vpcEndpoint.start()}/${bucketName}`,
        publicKey: createPublicKey(homebrew.publicKey),
        platforms,
        sample: Number.POSITIVE_INFINITY,
        concurrency: 8,
      }).finally(() => vpcEndpoint.stop());
      steps.say(
        `  it has no credentials, and comes through the VPC endpoint; it verified ${verified.checked} bottles`,
      );
      for (const { what, problem } of verified.failures) steps.say(`  ${what}: ${problem}`);
      return verified;
    },
  );

  steps.say("\nWhat Slack got:");
  for (const message of slack.messages) steps.say(`  ${message}`);
  const logs = await aws.everyLog();
  return {
    byFunction,
    byTask,
    tasks: (await aws.tasks()).length,
    corruptRefused: await aws.corruptRefused(),
    second,
    bottles,
    client,
    messages: slack.messages,
    leaked: {
      tokens: homebrew.leakedTokens,
      webhook: logs.filter((line) => line.includes("secret-of-the-webhook")).length,
    },
  };
}
