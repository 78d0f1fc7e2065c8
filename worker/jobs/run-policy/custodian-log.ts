import type { Log } from "../../../handlers/shared/log";
import { truncateReason } from "../../../handlers/shared/text";

const maxLines = 500;

const levels = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error", CRITICAL: "error" } as const;

// 2026-01-31 12:00:00,000: custodian.policy:INFO policy:NAME action:ACTION resources:2 execution_time:0.10
const line = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+: ([\w.]+):(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;
const action = /^policy:\S+ action:\S+ resources:(\d+) execution_time:[\d.]+$/;

/**
 * Reads the log of Cloud Custodian, which alone says how many resources an action was taken on, also when a later action
 * failed. The first 500 lines go to the log of the container; the output file `custodian-run.log` has all of them.
 */
export const readCustodianLog = (log: Log) => {
  let level: keyof typeof levels = "INFO";
  let lines = 0;
  let actionsTaken = 0;
  let errors = 0;
  return {
    onLine(text: string): void {
      const [, logger, ownLevel, message] = line.exec(text) ?? [];
      // A line without a level continues the former one, such as a stack trace.
      if (ownLevel !== undefined) {
        level = ownLevel as keyof typeof levels;
        if (levels[level] === "error") errors += 1;
      }
      if (logger === "custodian.policy") actionsTaken += Number(action.exec(message!)?.[1] ?? 0);
      lines += 1;
      if (lines <= maxLines) log[levels[level]]("custodian", { line: truncateReason(text) });
      if (lines === maxLines + 1) log.warn(`custodian: more than ${maxLines} lines, the rest is not logged`);
    },
    /**
     * `actionsTaken`: sum over all actions of the resources that each was given. `errors`: number of errors; some actions
     * only log what went wrong, and Cloud Custodian exits with 0 then.
     */
    counts: () => ({ actionsTaken, errors }),
  };
};
