import { toJson } from "../../../handlers/shared/json";
import type { Work } from "./probe";

const longestLine = 8_192;
const longestAnswer = 2_048;
const longestMessage = 262_144;
const longestReason = 1_100;
/** An event is stored for its task and in its record, and goes to a queue; what input decides beside it is short. */
const mostWritten = { perCharacter: 4, perMessage: 10_000 };
const mostComplaints = 3_000;

export type Limits = {
  /** For each message. */
  calls: number;
  lines: number;
  /** Names of errors that an input alone can bring about, and that a retry may cure. */
  retryable: readonly string[];
  /** Metrics of which a failure has at least one. */
  failureMetrics: readonly string[];
};

const found = (...troubles: (string | false)[]): string[] => troubles.filter((trouble) => trouble !== false);

/** What is wrong with how much was done. */
export const checkWork = (work: Work, messages: number, limits: Limits): string[] => {
  const { input, calls, written, lines, complaints } = work;
  return found(
    work.longestLine > longestLine && `a log line of ${work.longestLine} characters`,
    lines.length > limits.lines * messages && `${lines.length} log lines for ${messages} messages`,
    calls > limits.calls * messages && `${calls} calls for ${messages} messages`,
    complaints > mostComplaints * messages && `${complaints} complaints for ${messages} messages`,
    written > mostWritten.perCharacter * input + mostWritten.perMessage * messages &&
      `${written} characters written for ${input}`,
  );
};

const isCounted = ({ lines }: Work, { failureMetrics }: Limits): boolean =>
  lines.some((line) => failureMetrics.some((name) => name in line));

/** What is wrong with what a function returned. */
export const checkAnswer = (answer: unknown, work: Work, limits: Limits): string[] => {
  const { statusCode = 200, body, rejected, ignored } = answer as Record<string, unknown>;
  const isFailure = rejected !== undefined || Number(statusCode) >= 400;
  const length = toJson(answer).length;
  return found(
    (isFailure || ignored !== undefined) && length > longestAnswer && `an answer of ${length} characters`,
    Number(statusCode) >= 500 && `a request is answered by ${statusCode}: ${body}`,
    isFailure && !isCounted(work, limits) && "a failure that is not counted",
  );
};

/** What is wrong with what a function threw. */
export const checkError = (error: unknown, work: Work, limits: Limits): string[] => {
  const { name, message, stack = "" } = error as Error;
  return found(
    !limits.retryable.includes(name) && `throws ${name}: ${message.slice(0, 200)} ${stack.slice(0, 900)}`,
    !isCounted(work, limits) && `${name} is not counted`,
  );
};

/** What is wrong with a message in the dead-letter queue. */
export const checkDlqMessage = (letter: string): string[] => {
  const { responsePayload = {} } = JSON.parse(letter) as { responsePayload?: { errorMessage?: string } };
  const { errorMessage = "" } = responsePayload;
  return found(
    Buffer.byteLength(letter) > longestMessage && "a letter that is too long",
    errorMessage === "" && "a letter without a reason",
    errorMessage.length > longestReason && `a reason of ${errorMessage.length} characters`,
  );
};

/** How many messages an input holds. */
export const messagesIn = (input: unknown): number => {
  const { Records } = (input ?? {}) as { Records?: unknown };
  return Array.isArray(Records) ? Math.max(1, Records.length) : 1;
};
