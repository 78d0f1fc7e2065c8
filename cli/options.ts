import type { Command } from "commander";

export type CommonOptions = { name?: string; json?: boolean };

/** What every command that operates a deployment takes. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option("--name <name>", "the launcher's name (default: the one that there is in the region)")
    .option("--json", "print one JSON object");

/** Says what came of a command, to a person or to a program. */
export const print = ({ json }: CommonOptions, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join("\n")}\n`);
};

/** `1 task`, `2 tasks`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
