import { type EarlierEnds, noEarlierEnds } from "../shared/envelope";
import { createTaskTag, readTaskTag } from "../shared/task-tags";

const kinds = ["unstarted", "failed", "interrupted"] as const;

/**
 * Tag that keeps the number of earlier attempts with the task. When a launch fails before it can write its record, the
 * record is restored from the task: without the tag, the retries would start counting again.
 */
export const createEarlierEndsTags = (ends: EarlierEnds): { key: string; value: string }[] =>
  kinds.some((kind) => ends[kind] > 0)
    ? [createTaskTag("earlier-ends", kinds.map((kind) => ends[kind]).join("/"))]
    : [];

export const readEarlierEnds = (tags?: readonly { key?: string; value?: string }[]): EarlierEnds => {
  const value = readTaskTag(tags, "earlier-ends") ?? "";
  if (!/^\d+\/\d+\/\d+$/.test(value)) return noEarlierEnds;
  const [unstarted = 0, failed = 0, interrupted = 0] = value.split("/").map(Number);
  return { unstarted, failed, interrupted };
};
