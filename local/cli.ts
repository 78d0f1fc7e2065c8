import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { Fault } from "./faults";
import { messageOf } from "./message-of";
import { type LocalAwsOptions, startLocalAws } from "./start-local-aws";

export const LOCAL_USAGE = `Usage: cdktf-event-driven-ecs local [options]

Starts emulated AWS accounts on this machine, for Terraform, SDKs and the AWS CLI.

  --port <n>                  port of the endpoint (default 4566)
  --image '<image>=<command>' what runs in place of a container image, * stands for anything; repeatable
  --clock real|virtual        virtual: time moves by POST /_local/clock {"advanceMs": n} only (default real)
  --faults <file.json>        fault script; PUT /_local/faults replaces it
  --python <folder>           Python virtual environment with moto[server] (default: made by the command)
  --help                      this text
`;

const DEFAULT_PORT = 4566;

/** Reads the arguments of the command. Throws with what was found and what is allowed. */
export function parseLocalArguments(args: string[]): LocalAwsOptions & { help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string" },
      image: { type: "string", multiple: true },
      clock: { type: "string" },
      faults: { type: "string" },
      python: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const { port = String(DEFAULT_PORT), clock = "real" } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65_535) throw new Error(`--port is ${port}; allowed: 0 to 65535`);
  if (clock !== "real" && clock !== "virtual") throw new Error(`--clock is ${clock}; allowed: real, virtual`);
  return {
    port: Number(port),
    clock,
    images: Object.fromEntries((values.image ?? []).map(parseImage)),
    faults: values.faults === undefined ? [] : readFaults(values.faults),
    python: values.python,
    help: values.help ?? false,
  };
}

/**
 * Runs local AWS until the process is told to end. Rejects when it cannot start.
 *
 * @param ensurePython makes the virtual environment where it is missing and returns its Python
 */
export async function runLocal(args: string[], ensurePython: () => string): Promise<void> {
  const { help, ...options } = parseLocalArguments(args);
  if (help) {
    process.stdout.write(LOCAL_USAGE);
    return;
  }
  // Heard from the beginning: a Ctrl-C during the start must not leave moto behind.
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const python = options.python ?? dirname(dirname(ensurePython()));
  const aws = await startLocalAws({ ...options, python });
  const exports = Object.entries(aws.environment).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(`Local AWS answers at ${aws.endpoint}. Ctrl-C stops it.\n\n${exports.join("")}`);
  await told;
  await aws.stop();
}

function parseImage(text: string): [image: string, command: string] {
  const [, image, command] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (!image || !command)
    throw new Error(`--image is ${text}; it must be like 'example/worker:*=node worker.js'`);
  return [image, command];
}

function readFaults(file: string): Fault[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Fault[];
  } catch (error) {
    throw new Error(`--faults ${file}: ${messageOf(error)}`);
  }
}
