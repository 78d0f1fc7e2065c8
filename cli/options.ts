import type { Command } from "commander";

export type CommonOptions = { name?: string; json?: boolean };

/** What every command that operates a deployment takes. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option("--name <name>", "the launcher's name (default: the one that there is in the region)")
    .option("--json", "print one JSON object");
