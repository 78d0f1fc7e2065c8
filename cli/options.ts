import type { Command } from "commander";

export type CommonOptions = { name?: string; json?: boolean };

/** Adds the options that all commands for a launcher have. */
export const addCommonOptions = (command: Command): Command =>
  command
    .option("--name <name>", "name of the launcher (default: the only one in the region)")
    .option("--json", "print the result as one JSON object");

/** Prints the result of a command: as lines, or as JSON with `--json`. */
export const print = ({ json }: CommonOptions, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join("\n")}\n`);
};

/** `1 task`, `2 tasks`. */
export const formatCount = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
