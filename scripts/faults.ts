import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalAws } from "../local/start-local-aws";
import { createHere, there } from "./faults/handlers";
import { play } from "./faults/play";
import { type Row, tableOf } from "./faults/report";
import { type Scenario, scenarios } from "./faults/scenarios";

const document = join(__dirname, "..", "docs", "faults.md");
const begin = "<!-- what the command prints -->";
const end = "<!-- end of what the command prints -->";
/** Longer than the functions wait. */
const slowStartMs = 12_000;

const playAll = async (folder: string): Promise<Row[]> => {
  const here = await createHere(folder);
  const rows = new Map<Scenario, Row>();
  for (const slow of [false, true]) {
    const images = { "*": "sleep 600" };
    const aws = await startLocalAws({ images, taskTimings: slow ? { pending: slowStartMs } : {} });
    try {
      for (const [index, scenario] of scenarios.entries()) {
        if ((scenario.slow ?? false) !== slow) continue;
        process.stderr.write(`${scenario.name} …\n`);
        rows.set(scenario, {
          fault: scenario.name,
          there: await play(aws, scenario, there, `there-${index + 1}`),
          here: await play(aws, scenario, here, `here-${index + 1}`),
        });
      }
    } finally {
      await aws.stop();
    }
  }
  return scenarios.map((scenario) => rows.get(scenario)!);
};

/**
 * Plays the seven faults on the Python function and on ours, and writes what came of it into docs/faults.md.
 * `--check`: nothing is written; fails when the document says something else.
 */
const main = async (check: boolean): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "seven-faults-"));
  try {
    const table = tableOf(await playAll(folder));
    console.log(table);
    const text = readFileSync(document, "utf8");
    const [before = "", after = ""] = [text.split(begin)[0], text.split(end)[1]];
    const expected = `${before}${begin}\n${table}\n${end}${after}`;
    if (!check) writeFileSync(document, expected);
    else if (text !== expected) {
      console.error("docs/faults.md says something else: run `npm run faults` and commit it");
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

main(process.argv.includes("--check")).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
