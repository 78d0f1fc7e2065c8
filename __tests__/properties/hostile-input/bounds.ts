import { toJson } from "../../../handlers/shared/json";
import type { Work } from "./probe";

const longestLine = 8_192;
const longestAnswer = 2_048;
const longestMessage = 262_144;
const longestReason = 1_100;
/** An event is stored for its task, in its launch record and in a queue. Everything else must be short. */
const maxWritten = { perCharacter: 4, perMessage: 10_000 };
const maxIssues = 3_000;

export type Limits = {
  /** For each message. */
  calls: number;
  lines: number;
  /** Names of the transient errors that an input alone can cause. */
  retryable: readonly string[];
  /** A failure is counted in at least one of these metrics. */
  failureMetrics: readonly string[];
};

const found = (...violations: (string | false)[]): string[] =>
  violations.filter((violation) => violation !== false);

/** Checks the amount of work. Returns the violations. */
export const checkWork = (work: Work, messages: number, limits: Limits): string[] => {
  const { input, calls, written, lines, issues } = work;
  return found(
    work.longestLine > longestLine && `a log line of ${work.longestLine} characters`,
    lines.length > limits.lines * messages && `${lines.length} log lines for ${messages} messages`,
    calls > limits.calls * messages && `${calls} calls for ${messages} messages`,
    issues > maxIssues * messages && `${issues} issues for ${messages} messages`,
    written > maxWritten.perCharacter * input + maxWritten.perMessage * messages &&
      `${written} characters written for ${input}`,
  );
};

const isCounted = ({ lines }: Work, { failureMetrics }: Limits): boolean =>
  lines.some((line) => failureMetrics.some((name) => name in line));

/** Checks the result of a function. Returns the violations. */
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

/** Checks the error of a function. Returns the violations. */
export const checkError = (error: unknown, work: Work, limits: Limits): string[] => {
  const { name, message, stack = "" } = error as Error;
  return found(
    !limits.retryable.includes(name) && `throws ${name}: ${message.slice(0, 200)} ${stack.slice(0, 900)}`,
    !isCounted(work, limits) && `${name} is not counted`,
  );
};

/** Checks a DLQ message. Returns the violations. */
export const checkDlqMessage = (dlqMessage: string): string[] => {
  const { responsePayload = {} } = JSON.parse(dlqMessage) as { responsePayload?: { errorMessage?: string } };
  const { errorMessage = "" } = responsePayload;
  return found(
    Buffer.byteLength(dlqMessage) > longestMessage && "a DLQ message that is too long",
    errorMessage === "" && "a DLQ message without a reason",
    errorMessage.length > longestReason && `a reason of ${errorMessage.length} characters`,
  );
};

/** How many messages an input holds. */
export const messagesIn = (input: unknown): number => {
  const { Records } = (input ?? {}) as { Records?: unknown };
  return Array.isArray(Records) ? Math.max(1, Records.length) : 1;
};
