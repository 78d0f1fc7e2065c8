import * as v from "valibot";
import { truncateReason } from "./text";

const levels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** Schema of the environment variable `LOG_LEVEL`. Lines below this level are not written. Default INFO. */
export const logLevel = v.optional(v.picklist(levels), "INFO");
export type LogLevel = (typeof levels)[number];

export type LogFields = Record<string, unknown>;
export type Log = Record<"debug" | "info" | "warn" | "error", (message: string, fields?: LogFields) => void>;

export type WriteLine = (line: string) => void;

// Not console.log, because Lambda's text format adds a time and an id before the JSON.
export const writeToStdout: WriteLine = (line) => process.stdout.write(`${line}\n`);

/**
 * Writes one JSON object per line: `timestamp`, `level`, `message` and the given fields.
 * @param level lines below it are not written
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

// Without the first lines of the stack, which repeat the message.
const listStackFrames = ({ stack = "" }: Error): string[] =>
  stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());

/** The log fields of an error. */
export const toErrorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: truncateReason(error.message), stack: listStackFrames(error) }
    : { errorType: "Error", errorMessage: truncateReason(String(error)) };
