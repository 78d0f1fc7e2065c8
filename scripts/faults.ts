import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployOurs, deployUsual } from "./faults/deploy";
import { play, type Side } from "./faults/play";
import { createOurPrograms, processRuntime, usualPrograms } from "./faults/processes";
import { formatTable, type Row } from "./faults/report";
import { type Scenario, scenarios } from "./faults/scenarios";
import type { ScenarioResult } from "./faults/verdict";
import { ensurePython } from "./setup/index.cjs";

const document = join(__dirname, "..", "docs", "faults.md");
const begin = "<!-- begin of generated table -->";
const end = "<!-- end of generated table -->";
/** Functions mostly wait, so more of them run at once than there are processors. */
const maxConcurrency = 6;

/** @param only plays only scenarios whose name contains this text */
const playAll = async (only = ""): Promise<Row[]> => {
  ensurePython();
  const built = await createOurPrograms();
  const usual: Side = { deploy: deployUsual, createRuntime: processRuntime(usualPrograms) };
  const ours: Side = { deploy: deployOurs, createRuntime: processRuntime(built.programs) };
  const chosen = scenarios.filter(({ name }) => name.includes(only));
  const results = new Map<Scenario, { usual?: ScenarioResult; ours?: ScenarioResult }>(
    chosen.map((each) => [each, {}]),
  );
  const todo = chosen.flatMap((scenario) => [
    { scenario, side: "usual" as const },
    { scenario, side: "ours" as const },
  ]);
  // The longest first.
  todo.sort((a, b) => Number(b.scenario.varies ?? false) - Number(a.scenario.varies ?? false));
  const work = async (): Promise<void> => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      const { scenario, side } = next;
      const began = Date.now();
      results.get(scenario)![side] = await play(scenario, side === "usual" ? usual : ours);
      process.stderr.write(`${scenario.name}, ${side}: ${Date.now() - began} ms\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: maxConcurrency }, work));
  } finally {
    built.remove();
  }
  return chosen.map((scenario) => {
    const { usual, ours } = results.get(scenario)!;
    return { fault: scenario.name, varies: scenario.varies ?? false, usual: usual!, ours: ours! };
  });
};

/**
 * Plays the faults on the usual functions and on those of this project, and writes the outcomes to docs/faults.md.
 * `--check` writes nothing, and exits with 1 if the document has other outcomes.
 * `--only <text>` plays only scenarios whose name contains the text, and writes nothing.
 */
const main = async (args: readonly string[]): Promise<void> => {
  const at = args.indexOf("--only");
  if (at >= 0) {
    console.log(formatTable(await playAll(args[at + 1])));
    return;
  }
  const table = formatTable(await playAll());
  console.log(table);
  const text = readFileSync(document, "utf8");
  const [before = "", after = ""] = [text.split(begin)[0], text.split(end)[1]];
  const expected = `${before}${begin}\n${table}\n${end}${after}`;
  if (!args.includes("--check")) writeFileSync(document, expected);
  else if (text !== expected) {
    console.error("docs/faults.md is out of date: run `npm run faults` and commit it");
    process.exitCode = 1;
  }
};

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
