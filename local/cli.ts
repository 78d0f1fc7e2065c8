import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Fault } from "./faults";
import { messageOf } from "./message-of";
import type { LocalAwsOptions } from "./start-local-aws";

const DEFAULT_PORT = 4566;

type LocalOptions = Pick<LocalAwsOptions, "port" | "clock" | "python"> & {
  image: Record<string, string>;
  faults: Fault[];
};

/**
 * The command that runs local AWS until the process gets a signal to stop.
 *
 * @param ensurePython creates the virtual environment if it is missing, and returns the path of its Python
 */
export const localCommand = (ensurePython: () => string): Command =>
  new Command("local")
    .description("Start emulated AWS accounts on this machine, for Terraform, SDKs and the AWS CLI.")
    .option("--port <n>", "port of the endpoint", readPort, DEFAULT_PORT)
    .option(
      "--image <image=command>",
      "command that runs in place of a container image; * matches any characters; repeatable",
      readImage,
      {},
    )
    .addOption(
      new Option("--clock <clock>", 'virtual: time moves only by POST /_local/clock {"advanceMs": n}')
        .choices(["real", "virtual"])
        .default("real"),
    )
    .option("--faults <file.json>", "fault script; PUT /_local/faults replaces it", readFaults, [])
    .option(
      "--python <folder>",
      "Python virtual environment with moto[server] (default: created by the command)",
    )
    .action((options: LocalOptions) => runLocal(options, ensurePython));

async function runLocal({ image, ...options }: LocalOptions, ensurePython: () => string): Promise<void> {
  // Registered first: Ctrl-C during the start must not leave moto running.
  const stopSignal = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const python = options.python ?? dirname(dirname(ensurePython()));
  // Loaded here only: it takes longer than most other commands.
  const { startLocalAws } = require("./start-local-aws") as typeof import("./start-local-aws");
  const aws = await startLocalAws({ ...options, images: image, python });
  const exports = Object.entries(aws.environment).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(
    `Local AWS listens on ${aws.endpoint}. Press Ctrl-C to stop it.\n\n${exports.join("")}`,
  );
  await stopSignal;
  await aws.stop();
}

function readPort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("Allowed: 0 to 65535.");
  return Number(text);
}

function readImage(text: string, others: Record<string, string>): Record<string, string> {
  const [, image, command] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (!image || !command)
    throw new InvalidArgumentError("Allowed: image=command, for example 'example/worker:*=node worker.js'.");
  return { ...others, [image]: command };
}

function readFaults(file: string): Fault[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Fault[];
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}
