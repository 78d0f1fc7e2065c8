import type { Message } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { scanMessage } from "../../../container-contract/scan-message";
import { fromJson } from "../../../handlers/shared/json";
import { type Log, toErrorFields } from "../../../handlers/shared/log";
import type { ScanMetric } from "../../../handlers/shared/scan-metrics";
import { describeIssues } from "../../../handlers/shared/schema";
import {
  type ClaimedObject,
  claimObject,
  completeObject,
  type Database,
  failObject,
  releaseObject,
  renewLease,
  setObjectVersion,
  skipObject,
} from "../../../scan-database";
import { detectorVersion } from "../../../scanner";
import type { Handled } from "../../queue/work-on-queue";
import type { ScanEnd } from "./scan-object";
import type { Scanner } from "./scan-thread";

/** Versions of one object that a worker follows while somebody overwrites it. Then the message comes again. */
const maxVersions = 3;
/** After which a message is received again, when its object is not in the database yet or its scan has failed. */
const laterSeconds = 30;

export type ObjectParts = {
  database: Database;
  scanner: Pick<Scanner, "scan">;
  hashKey: Uint8Array;
  /** Name of the worker, for people. */
  worker: string;
  leaseSeconds: number;
  maxAttempts: number;
  maxFileSize: number;
  log: Log;
  /** Counts an object that has ended, or its findings. */
  count: (metric: ScanMetric, value?: number) => void;
  /** Aborts when the worker has to stop. */
  signal: AbortSignal;
};

const readObjectId = ({ Body = "" }: Message): number => {
  const result = v.safeParse(scanMessage, fromJson(Body));
  if (!result.success) throw new Error(describeIssues(result.issues, "message"));
  return result.output.object_id;
};

class LeaseLost extends Error {}

/** Scans the object of a message, and stores the findings of one version of it once. */
export const createHandleObject = (parts: ObjectParts) => {
  const { database, scanner, hashKey, leaseSeconds, maxFileSize, log, count, signal } = parts;

  /** Renews the lease until `work` has ended. The signal that it gets aborts when the lease is somebody else's. */
  const withLease = async <Result>(
    object: ClaimedObject,
    lost: AbortSignal,
    work: (stopped: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const ended = new AbortController();
    const renew = async () => {
      try {
        if ((await renewLease(database, object, leaseSeconds)) !== "renewed") ended.abort(new LeaseLost());
      } catch (error) {
        // The next one may succeed. If none does, another worker claims the object, and this one can store nothing.
        log.warn("lease not renewed", { objectId: object.objectId, ...toErrorFields(error) });
      }
    };
    const timer = setInterval(() => void renew(), (leaseSeconds * 1000) / 3);
    try {
      return await work(AbortSignal.any([ended.signal, lost, signal]));
    } finally {
      clearInterval(timer);
    }
  };

  /** Scans the version that was listed, or the one that is there now. @returns undefined when it changes all the time */
  const scanCurrent = async (object: ClaimedObject, stopped: AbortSignal): Promise<ScanEnd | undefined> => {
    const { bucket, key } = object;
    let version = { etag: object.etag, versionId: object.versionId, size: object.sizeBytes };
    for (let n = 0; n <= maxVersions; n++) {
      const result = await scanner.scan({ bucket, key, ...version, hashKey, maxFileSize }, stopped);
      if (result.outcome !== "changed") return result;
      version = result.version;
      const { size: sizeBytes, ...of } = result.version;
      if (!(await setObjectVersion(database, object, { ...of, sizeBytes }))) throw new LeaseLost();
    }
    return undefined;
  };

  const store = async (object: ClaimedObject, result: ScanEnd) => {
    const { objectId } = object;
    switch (result.outcome) {
      case "scanned": {
        const { findings, truncated, skipped } = result;
        const stored = await completeObject(database, { ...object, findings, truncated, detectorVersion });
        if (stored.outcome === "lost") throw new LeaseLost();
        log.info("object scanned", {
          objectId,
          jobId: object.jobId,
          findings: stored.findings,
          ...(truncated && { truncated }),
          ...(skipped.length > 0 && { skipped: skipped.length, reasons: skipped.slice(0, 10) }),
        });
        count("objectsScanned");
        if (stored.findings > 0) count("findings", stored.findings);
        return;
      }
      case "skipped":
        if (!(await skipObject(database, object, result.reason))) throw new LeaseLost();
        log.info("object skipped", { objectId, jobId: object.jobId, reason: result.reason });
        return count("objectsSkipped");
      case "failed":
        if (!(await failObject(database, object, result.reason))) throw new LeaseLost();
        log.error("object failed", { objectId, jobId: object.jobId, reason: result.reason });
        return count("objectsFailed");
    }
  };

  /** Gives the object back. If that fails too, its lease runs out. */
  const giveBack = async (object: ClaimedObject, countsAsAttempt: boolean): Promise<void> => {
    try {
      await releaseObject(database, object, { countsAsAttempt });
    } catch (error) {
      log.warn("object not given back", { objectId: object.objectId, ...toErrorFields(error) });
    }
  };

  const scanClaimed = async (object: ClaimedObject, lost: AbortSignal): Promise<Handled> => {
    try {
      return await withLease(object, lost, async (stopped) => {
        const result = await scanCurrent(object, stopped);
        if (result === undefined) {
          await giveBack(object, true);
          return { againAfterSeconds: laterSeconds };
        }
        await store(object, result);
        return "done" as const;
      });
    } catch (error) {
      if (signal.aborted) {
        await giveBack(object, false);
        return { againAfterSeconds: 0 };
      }
      // Its worker has the message of the object, or the sweep sends another one.
      if (error instanceof LeaseLost || lost.aborted || isAbort(error))
        return { againAfterSeconds: leaseSeconds };
      log.error("scan failed", { objectId: object.objectId, jobId: object.jobId, ...toErrorFields(error) });
      await giveBack(object, true);
      return { againAfterSeconds: laterSeconds };
    }
  };

  return async (received: Message, lost: AbortSignal): Promise<Handled> => {
    const objectId = readObjectId(received);
    const claimed = await claimObject(database, objectId, parts);
    switch (claimed.outcome) {
      case "claimed":
        return scanClaimed(claimed.object, lost);
      case "leased":
        return { againAfterSeconds: Math.min(claimed.secondsLeft, leaseSeconds) };
      case "absent":
        return { againAfterSeconds: laterSeconds };
      case "gaveUp":
        log.error("object failed", { objectId, reason: `${parts.maxAttempts} workers died in its scan` });
        count("objectsGivenUp");
        return "done";
      case "done":
      case "jobEnded":
        log.info("message is not needed any more", { objectId, ...claimed });
        return "done";
    }
  };
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
