import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { fromJson } from "../handlers/shared/json";

/** A line of a log of this project: one JSON object. */
export type LogLine = {
  /** In ms since 1970. */
  time: number;
  stream: string;
  fields: Record<string, unknown>;
};

/**
 * Reads the lines of a log group with this message, oldest first.
 * @throws Error when there is no such log group
 */
export async function readLogLines(
  logs: CloudWatchLogsClient,
  { logGroupName, message, startTime }: { logGroupName: string; message: string; startTime: number },
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  try {
    const pages = paginateFilterLogEvents(
      { client: logs },
      { logGroupName, startTime, filterPattern: `"${message}"` },
    );
    for await (const { events = [] } of pages)
      for (const { timestamp = 0, logStreamName = "", message: text = "" } of events) {
        const fields = fromJson(text);
        if (isObject(fields) && fields.message === message)
          lines.push({ time: timestamp, stream: logStreamName, fields });
      }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
    throw new Error(`There is no log group ${logGroupName}: nothing has run yet, or it was deleted.`);
  }
  return lines.sort((a, b) => a.time - b.time);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
