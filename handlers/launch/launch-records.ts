import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import type { EarlierEnds } from "../shared/envelope";
import { fromJson, toJson } from "../shared/json";
import type { Log } from "../shared/log";

/** How a task has ended. `unstarted`: it failed to start. `stopped`: a user or an ECS service stopped it. */
export type TaskEnd = "succeeded" | "failed" | "interrupted" | "stopped" | "unstarted";

/** A launch record. It exists for longer than ECS remembers the client token or describes the task. */
export type LaunchRecord = {
  taskArn: string;
  eventId: string;
  service: string;
  attempt: number;
  earlierEnds: EarlierEnds;
  /** ISO 8601, UTC. */
  launchedAt: string;
  /** The event as it was delivered, for retries. */
  event: unknown;
  /** The launch is not in the queue of the workers yet. Absent: it is, or a task of its own was launched. */
  isPending?: true;
  /** Absent: the task has not ended, or its end is not completely handled. */
  outcome?: TaskEnd;
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const schema = v.object({
  taskArn: v.pipe(v.string(), v.nonEmpty()),
  eventId: v.string(),
  service: v.string(),
  attempt: v.pipe(count, v.minValue(1)),
  earlierEnds: v.object({ unstarted: count, failed: count, interrupted: count }),
  launchedAt: v.pipe(v.string(), v.isoTimestamp()),
  event: v.unknown(),
  isPending: v.optional(v.literal(true)),
  outcome: v.optional(v.picklist(["succeeded", "failed", "interrupted", "stopped", "unstarted"])),
});

const keyOf = (launchId: string): string => `launches/${launchId}.json`;

export type LaunchRecords = {
  /** A record of any age. A damaged record is treated as missing, so that it blocks no launch. */
  read(launchId: string): Promise<LaunchRecord | undefined>;
  /** The record of a launch within the deduplication window. */
  readCurrent(launchId: string): Promise<LaunchRecord | undefined>;
  /** Writes a record, unless another delivery of the event wrote one within the deduplication window. */
  add(launchId: string, record: LaunchRecord): Promise<void>;
  /** Overwrites a record. */
  replace(launchId: string, record: LaunchRecord): Promise<void>;
};

/**
 * Launch records in the payload bucket. They are needed because ECS forgets a client token an hour after its task has
 * stopped. A record is written after the launch and is not a lock: while it is missing, the client token prevents a
 * second launch. `launch-task.ts` does both in turn.
 */
export const createLaunchRecords = (
  bucket: Bucket,
  windowMs: number,
  now: () => number,
  log: Log,
): LaunchRecords => {
  const read = async (launchId: string): Promise<LaunchRecord | undefined> => {
    const text = await bucket.get(keyOf(launchId));
    if (text === undefined) return undefined;
    const result = v.safeParse(schema, fromJson(text));
    if (result.success) return result.output;
    log.warn("launch record is damaged and is ignored", { key: keyOf(launchId) });
    return undefined;
  };
  const isCurrent = ({ launchedAt }: LaunchRecord): boolean => now() - Date.parse(launchedAt) < windowMs;
  const readCurrent = async (launchId: string): Promise<LaunchRecord | undefined> => {
    const record = await read(launchId);
    return record && !record.isPending && isCurrent(record) ? record : undefined;
  };
  const replace = (launchId: string, record: LaunchRecord): Promise<void> =>
    bucket.put(keyOf(launchId), toJson(record));

  return {
    read,
    readCurrent,
    async add(launchId, record) {
      if (await bucket.putIfAbsent(keyOf(launchId), toJson(record))) return;
      // A damaged record, or one older than the window, would not prevent a second launch.
      const existing = await read(launchId);
      if (existing === undefined || !isCurrent(existing)) await replace(launchId, record);
    },
    replace,
  };
};
