import { constants } from "node:os";
import { join, resolve } from "node:path";
import { type LocalAws, startLocalAws } from "../../local";
import { bundleWorker } from "../bundle/worker";
import type { Setup } from "../setup/index.cjs";
import { Aws } from "./aws";
import { endCommands } from "./command";
import { applyLayout, emptyFolder, image } from "./layout";
import { type DemoOptions, readOptions, usage } from "./options";
import { play } from "./play";
import { json, lookAround, summary } from "./report";
import { Steps } from "./steps";
import { verifyOutcome } from "./verdict";

let localAws: LocalAws | undefined;
let stopping = false;

/** @throws Error with a message for the person who runs the demo */
export async function main(args: readonly string[], tools: Setup): Promise<void> {
  const options = readOptions(args);
  if (options === "help") {
    process.stdout.write(`${usage}\n`);
    return;
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => void stopOn(signal));
  try {
    await demo(options, tools);
    if (options.keep) await forever;
  } catch (error) {
    // What a signal ended has failed, which is not news.
    if (stopping) await forever;
    throw error;
  } finally {
    await end();
  }
}

async function demo(options: DemoOptions, tools: Setup): Promise<void> {
  const steps = new Steps(options.json ? process.stderr : process.stdout);
  const folder = emptyFolder(options.form);

  const { environment } = await steps.run(
    "localAws",
    "Local AWS: an emulated account on this machine",
    async () => {
      const worker = join(folder, "worker.js");
      await bundleWorker("worker/main.ts", worker);
      localAws = await startLocalAws({
        port: options.port,
        python: resolve(tools.python, "../.."),
        images: { [image]: `"${process.execPath}" "${worker}"` },
        // Requests that a signal cuts off are not news either.
        log: (line) => stopping || steps.say(`  local AWS: ${line}`),
      });
      steps.say(`  it listens at ${localAws.endpoint}`);
      return localAws;
    },
  );
  const layout = await applyLayout(options.form, folder, tools, environment, steps);
  const happened = await play(new Aws(layout, environment), steps);
  steps.finish();

  process.stdout.write(
    options.json ? `${json(happened, steps.seconds)}\n` : summary(happened, steps.seconds),
  );
  const wrong = verifyOutcome(happened);
  for (const rule of wrong) process.stderr.write(`Wrong: ${rule}.\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
  if (options.keep) steps.say(lookAround(layout, environment));
}

async function end(): Promise<void> {
  endCommands();
  await localAws?.stop();
}

async function stopOn(signal: NodeJS.Signals): Promise<void> {
  stopping = true;
  process.stderr.write("\nStopping local AWS ...\n");
  try {
    await end();
  } finally {
    // With --keep this is how a demo that went well ends.
    process.exit(process.exitCode ?? 128 + constants.signals[signal]);
  }
}

/** Never comes: the signal ends the process. */
const forever = new Promise<never>(() => {});
