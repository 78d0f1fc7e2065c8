import { constants } from "node:os";
import { join, resolve } from "node:path";
import { type LocalAws, startLocalAws } from "../../local";
import { bundleWorker } from "../bundle/worker";
import type { Setup } from "../setup/index.cjs";
import { applyStack, emptyFolder } from "./apply";
import { startBottleSync } from "./bottle-sync";
import { endCommands } from "./command";
import { dataScanner } from "./data-scanner";
import type { Demo } from "./demo";
import { eventDrivenEcs } from "./event-driven-ecs";
import { type DemoOptions, readOptions, usage } from "./options";
import { policyRunner } from "./policy-runner";
import { lookAroundText, summaryText } from "./report";
import { Steps } from "./steps";

let localAws: LocalAws | undefined;
let stopDemo: (() => void) | undefined;
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
    switch (options.demo) {
      case "event-driven-ecs":
        await run(eventDrivenEcs, options, tools);
        break;
      case "policy-runner":
        await run(policyRunner, options, tools);
        break;
      case "data-scanner":
        await run(dataScanner, options, tools);
        break;
      case "bottle-sync":
        await run(await startBottleSync(), options, tools);
    }
    if (options.keep) await forever;
  } catch (error) {
    // What a signal ended has failed, which is not news.
    if (stopping) await forever;
    throw error;
  } finally {
    await end();
  }
}

async function run<Outputs>(demo: Demo<Outputs>, options: DemoOptions, tools: Setup): Promise<void> {
  const steps = new Steps(options.json ? process.stderr : process.stdout);
  const folder = emptyFolder(demo, options.form);
  stopDemo = () => demo.stop?.();

  const local = await steps.run("localAws", "Local AWS: an emulated account on this machine", async () => {
    const worker = join(folder, "worker.js");
    await bundleWorker("worker/main.ts", worker);
    localAws = await startLocalAws({
      port: options.port,
      region: demo.region,
      python: resolve(tools.python, "../.."),
      images: demo.images(`"${process.execPath}" "${worker}"`),
      // Requests that a signal cuts off are not news either.
      log: (line) => stopping || steps.say(`  local AWS: ${line}`),
    });
    steps.say(`  it listens at ${localAws.endpoint}`);
    return localAws;
  });
  const outputs = await applyStack(demo, options.form, folder, tools, local.environment, steps);
  const { summary, json, wrong } = await demo.play({ outputs, localAws: local, steps });
  steps.finish();

  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...json, seconds: steps.seconds })}\n`
      : summaryText(summary, steps.seconds),
  );
  for (const rule of wrong) process.stderr.write(`Wrong: ${rule}.\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
  if (options.keep) steps.say(lookAroundText(local.environment, demo.lookAround(outputs, local.endpoint)));
}

async function end(): Promise<void> {
  endCommands();
  await localAws?.stop();
  stopDemo?.();
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
