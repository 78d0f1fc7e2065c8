import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import type { EarlierEnds } from "../shared/envelope";
import { fromJson, toJson } from "../shared/json";
import type { Log } from "../shared/log";

/** How a task has ended. `unstarted`: before it ran, by no wish of anybody's. */
export type TaskEnd = "succeeded" | "failed" | "interrupted" | "stopped" | "unstarted";

/** What is remembered of a launch, longer than ECS remembers a client token or shows a task. */
export type LaunchRecord = {
  taskArn: string;
  eventId: string;
  service: string;
  attempt: number;
  earlierEnds: EarlierEnds;
  /** ISO 8601, UTC. */
  launchedAt: string;
  /** The event as it was delivered, so that it can be launched again. */
  event: unknown;
  /** How the task has ended. Absent: that is not known yet, or not dealt with to the end. */
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
  outcome: v.optional(v.picklist(["succeeded", "failed", "interrupted", "stopped", "unstarted"])),
});

const keyOf = (launchId: string): string => `launches/${launchId}.json`;

export type LaunchRecords = {
  /** Whatever its age. A damaged record counts as none: it blocks no launch. */
  read(launchId: string): Promise<LaunchRecord | undefined>;
  /** The record, if its launch is within the window in which an event is not launched again. */
  current(launchId: string): Promise<LaunchRecord | undefined>;
  /** Records a launch, unless another delivery of its event was faster. */
  add(launchId: string, record: LaunchRecord): Promise<void>;
  /** Over the record that there is. */
  replace(launchId: string, record: LaunchRecord): Promise<void>;
};

/**
 * Records of launches in the payload bucket. ECS forgets a client token an hour after its task has stopped, and these
 * outlast it; a table would do the same at the price of one more resource. A record is written after the launch: none
 * is ever a lock, and one that is missing costs nothing while ECS remembers the token.
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
    log.warn("launch record is damaged and counts as none", { key: keyOf(launchId) });
    return undefined;
  };
  const current = async (launchId: string): Promise<LaunchRecord | undefined> => {
    const record = await read(launchId);
    return record && now() - Date.parse(record.launchedAt) < windowMs ? record : undefined;
  };
  const replace = (launchId: string, record: LaunchRecord): Promise<void> =>
    bucket.put(keyOf(launchId), toJson(record));

  return {
    read,
    current,
    async add(launchId, record) {
      if (await bucket.putIfAbsent(keyOf(launchId), toJson(record))) return;
      // One that is damaged or older than the window would protect nobody.
      if ((await current(launchId)) === undefined) await replace(launchId, record);
    },
    replace,
  };
};
