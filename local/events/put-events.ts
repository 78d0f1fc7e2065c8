import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Caller } from "../routing";
import { type Event, eventTime } from "./event";

export interface Entry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Resources?: string[];
  /** seconds since 1970 */
  Time?: number;
  EventBusName?: string;
}

export interface EntryError {
  ErrorCode: string;
  ErrorMessage: string;
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;

/** Throws the error of EventBridge for the request as a whole. */
export function checkEntries(entries: Entry[]): void {
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}; it has ${entries.length}`,
    );
  }
  if (entries.reduce((sum, entry) => sum + size(entry), 0) >= MAX_BYTES) {
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
  }
}

/** The event of an entry, or the error of the entry. */
export function eventOf(entry: Entry, { account, region }: Caller, now: Date): Event | EntryError {
  const { Source, DetailType, Detail, Resources = [], Time } = entry;
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (!value) {
      const reason = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
      return { ErrorCode: "InvalidArgument", ErrorMessage: reason };
    }
  }
  if (Source?.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  const detail = parsedObject(Detail ?? "");
  if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": DetailType ?? "",
    source: Source ?? "",
    account,
    time: eventTime(Time === undefined ? now : new Date(Time * 1000)),
    region,
    resources: Resources,
    detail,
  };
}

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
function size({ Time, Source = "", DetailType = "", Detail = "", Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}
