import { parseArgs } from "node:util";
import { measureLaunches } from "./launches";
import { type Figures, report } from "./report";
import { measureStartTask } from "./start-task";
import { measureSynth } from "./synth";

const inJson = ({ startTask, synth, launchesPerSecond }: Figures): string =>
  JSON.stringify({ startTask, synth: synth.filter(({ copies }) => copies > 0), launchesPerSecond });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const step = async <T>(name: string, measure: () => Promise<T>): Promise<T> => {
    process.stderr.write(`Measuring ${name} …\n`);
    return measure();
  };
  const figures: Figures = {
    startTask: await step("start-task", measureStartTask),
    synth: await step("synthesis", measureSynth),
    launchesPerSecond: await step("launches", measureLaunches),
  };
  console.log(values.json ? inJson(figures) : `\n${report(figures)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
