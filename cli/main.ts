#!/usr/bin/env node
import { runLocal } from "../local/cli";
import { ensurePython } from "../scripts/setup/index.cjs";

const commands: Record<string, (args: string[]) => Promise<void>> = {
  local: (args) => runLocal(args, ensurePython),
};

const usage = `Usage: cdktf-event-driven-ecs <command> [options]

Commands:
  local    start emulated AWS accounts on this machine; see cdktf-event-driven-ecs local --help
`;

async function main([command = "--help", ...args]: string[]): Promise<void> {
  if (command === "--help") {
    process.stdout.write(usage);
    return;
  }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw new Error(`The command is "${command}"; allowed are: ${Object.keys(commands).join(", ")}.`);
  await run(args);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
