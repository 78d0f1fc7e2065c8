import type { Message } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { type QueuedLaunch, queuedLaunch, queuedRunBegins } from "../../../container-contract/queued-launch";
import { fromJson } from "../../../handlers/shared/json";
import { type Log, toErrorFields } from "../../../handlers/shared/log";
import { describeIssues } from "../../../handlers/shared/schema";
import type { Handled } from "../../queue/work-on-queue";
import type { ClaimKey, Claims } from "./claims";
import type { RunEnd } from "./report-end";

export type RunParts = {
  claims: Claims;
  /** How often a claim is renewed. */
  renewMs: number;
  run(environment: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number>;
  report(launch: QueuedLaunch, end: RunEnd): Promise<void>;
  log: Log;
  /** Aborts when the worker has to stop. */
  signal: AbortSignal;
};

const readLaunch = ({ Body }: Message): QueuedLaunch => {
  const result = v.safeParse(queuedLaunch, fromJson(Body ?? ""));
  if (!result.success) throw new Error(describeIssues(result.issues, "message"));
  return result.output;
};

/** Makes the run of a message once, and reports its end. */
export const createHandleRun = ({ claims, renewMs, run, report, log, signal }: RunParts) => {
  const runAlive = async (
    { environment }: QueuedLaunch,
    key: ClaimKey,
    lost: AbortSignal,
  ): Promise<RunEnd> => {
    const renew = () =>
      claims.renew(key).catch((error) => log.warn("claim not renewed", { ...key, ...toErrorFields(error) }));
    const timer = setInterval(() => void renew(), renewMs);
    try {
      const exitCode = await run({ ...environment, QUEUED_RUN: key.launch }, AbortSignal.any([signal, lost]));
      if (exitCode !== 0 && signal.aborted) return { interrupted: "ECS stopped the worker" };
      if (exitCode !== 0 && lost.aborted) return { interrupted: "the message could not be kept hidden" };
      return { exitCode };
    } finally {
      clearInterval(timer);
    }
  };

  return async (message: Message, lost: AbortSignal): Promise<Handled> => {
    const queued = readLaunch(message);
    const { taskArn } = queued.launch;
    const key: ClaimKey = {
      bucket: queued.claimBucket,
      launch: taskArn.slice(taskArn.lastIndexOf("/") + 1),
      messageId: message.MessageId!,
    };
    const claimed = await claims.claim(key);
    switch (claimed.is) {
      case "duplicate":
        log.info("duplicate message: another one has the run", key);
        return "done";
      case "wait":
        return { againAfterSeconds: Math.ceil(claimed.ms / 1000) };
      case "abandoned":
        await report(queued, { interrupted: "the worker ended without a report" });
        return "done";
      case "run": {
        // The lines of a run, in the log of all runs of this worker, are those from here to its result.
        log.info(queuedRunBegins, { run: key.launch });
        const end = await runAlive(queued, key, lost);
        await report(queued, end);
        return "done";
      }
    }
  };
};
