import * as v from "valibot";
import { cutReason } from "./text";

const levels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** Environment entry `LOG_LEVEL`: the least level that is written. Default INFO. */
export const logLevel = v.optional(v.picklist(levels), "INFO");
export type LogLevel = (typeof levels)[number];

export type LogFields = Record<string, unknown>;
export type Log = Record<"debug" | "info" | "warn" | "error", (message: string, fields?: LogFields) => void>;

/** Writes one line to where the log goes. */
export type WriteLine = (line: string) => void;

// Not console.log: Lambda's text format would put a time and an id before the JSON.
export const writeToStdout: WriteLine = (line) => process.stdout.write(`${line}\n`);

/**
 * A log of one JSON object a line: `timestamp`, `level`, `message` and the given fields.
 * @param level lines below it are dropped
 */
export const createLog = (level: LogLevel, write: WriteLine = writeToStdout): Log => {
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(lineLevel) < levels.indexOf(level)) return;
      write(JSON.stringify({ timestamp: new Date().toISOString(), level: lineLevel, message, ...fields }));
    };
  return { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
};

// A stack begins with the message, which stands beside it already.
const framesOf = ({ stack = "" }: Error): string[] =>
  stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());

/** What to log about something thrown. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: cutReason(error.message), stack: framesOf(error) }
    : { errorType: "Error", errorMessage: cutReason(String(error)) };
