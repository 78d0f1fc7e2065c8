import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { fromJson } from "../handlers/shared/json";

/** A line of a log that is one JSON object. */
export type LogLine = {
  /** In ms since 1970. */
  time: number;
  stream: string;
  fields: Record<string, unknown>;
};

/**
 * Reads the lines of a log group that are JSON objects, oldest first.
 *
 * @param startTime in ms since 1970
 * @param term only lines that contain this text
 * @returns undefined when there is no such log group
 */
export async function readLogEvents(
  logs: CloudWatchLogsClient,
  {
    logGroupName,
    startTime,
    term,
  }: { logGroupName: string; startTime?: number | undefined; term?: string | undefined },
): Promise<LogLine[] | undefined> {
  const lines: LogLine[] = [];
  const filterPattern = term === undefined ? undefined : `"${term}"`;
  try {
    const pages = paginateFilterLogEvents({ client: logs }, { logGroupName, startTime, filterPattern });
    for await (const { events = [] } of pages)
      for (const { timestamp = 0, logStreamName = "", message: text = "" } of events) {
        const fields = fromJson(text);
        if (isObject(fields)) lines.push({ time: timestamp, stream: logStreamName, fields });
      }
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
  return lines.sort((a, b) => a.time - b.time);
}

/**
 * Reads the lines of a log group with this message, oldest first. A line is one JSON object.
 * @throws Error when there is no such log group
 */
export async function readLogLines(
  logs: CloudWatchLogsClient,
  { logGroupName, message, startTime }: { logGroupName: string; message: string; startTime: number },
): Promise<LogLine[]> {
  const lines = await readLogEvents(logs, { logGroupName, startTime, term: message });
  if (lines === undefined)
    throw new Error(`There is no log group ${logGroupName}: nothing has run yet, or it was deleted.`);
  return lines.filter(({ fields }) => fields.message === message);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
