import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import * as v from "valibot";
import { afterLastSlash } from "../handlers/shared/names";
import { readLogEvents } from "./log-lines";

const container = v.object({
  name: v.nullish(v.string()),
  exitCode: v.nullish(v.number()),
  reason: v.nullish(v.string()),
  healthStatus: v.nullish(v.string()),
});

const taskEnd = v.object({
  taskArn: v.string(),
  clusterArn: v.string(),
  taskDefinitionArn: v.string(),
  group: v.optional(v.string()),
  startedBy: v.optional(v.string()),
  /** Grows with each state. */
  version: v.number(),
  createdAt: v.nullish(v.string()),
  /** Absent: it never ran. */
  startedAt: v.nullish(v.string()),
  executionStoppedAt: v.nullish(v.string()),
  stoppedAt: v.nullish(v.string()),
  stopCode: v.nullish(v.string()),
  stoppedReason: v.nullish(v.string()),
  containers: v.optional(v.array(container), []),
});

/** The end of a task, as ECS told EventBridge. */
export type TaskEnd = v.InferOutput<typeof taskEnd>;

const event = v.object({ "detail-type": v.literal("ECS Task State Change"), detail: taskEnd });

/**
 * The newest known end of each task in a run history, by the ID of the task. EventBridge delivers at least once and in any
 * order, and ECS can report a stopped task several times.
 *
 * @param startTime in ms since 1970
 * @param taskId only this task
 * @returns undefined when there is no such log group
 */
export async function readTaskHistory(
  logs: CloudWatchLogsClient,
  { logGroupName, startTime, taskId }: { logGroupName: string; startTime?: number; taskId?: string },
): Promise<Map<string, TaskEnd> | undefined> {
  const lines = await readLogEvents(logs, { logGroupName, startTime, term: taskId });
  if (lines === undefined) return undefined;
  const ends = new Map<string, TaskEnd>();
  for (const { fields } of lines) {
    const parsed = v.safeParse(event, fields);
    if (!parsed.success) continue;
    const { detail } = parsed.output;
    const id = afterLastSlash(detail.taskArn);
    if (detail.version >= (ends.get(id)?.version ?? 0)) ends.set(id, detail);
  }
  return ends;
}
