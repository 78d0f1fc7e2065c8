import { parseArgs } from "node:util";
import { measureBottles } from "./bottles";
import { measureBurst } from "./burst";
import { measureColdStarts } from "./cold-start";
import { measureLaunches } from "./launches";
import { measureListObjects } from "./list-objects";
import { measurePlan } from "./plan";
import { measureRegistrar } from "./registrar";
import { measureRegistrationLag } from "./registration-lag";
import { type Figures, report } from "./report";
import { measureScan } from "./scan";
import { measureSynth } from "./synth";
import { measureWaitLag } from "./wait-lag";

const inJson = ({ synth, ...figures }: Figures): string =>
  JSON.stringify({
    ...figures,
    synth: synth.filter(({ copies }) => copies > 0),
    hmacRatio: figures.scan.hashed.ratio,
  });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const step = async <T>(name: string, measure: () => Promise<T>): Promise<T> => {
    process.stderr.write(`Measuring ${name} …\n`);
    return measure();
  };
  const figures: Figures = {
    coldStarts: await step("cold starts", measureColdStarts),
    synth: await step("synthesis", measureSynth),
    launchesPerSecond: await step("launches", measureLaunches),
    burst: await step("a burst", measureBurst),
    registrar: await step("a burst of starts with targets", measureRegistrar),
    registrationLagSeconds: await step("registration", measureRegistrationLag),
    waitLagSeconds: await step("waiting", measureWaitLag),
    plan: await step("a plan", measurePlan),
    scan: await step("scans", measureScan),
    listObjects: await step("a listing", measureListObjects),
    bottles: await step("a sync of bottles", measureBottles),
  };
  console.log(values.json ? inJson(figures) : `\n${report(figures)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
