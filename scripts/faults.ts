import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployOurs, deployUsual } from "./faults/deploy";
import { play, type Side } from "./faults/play";
import { createOurPrograms, processRuntime, usualPrograms } from "./faults/processes";
import { type Row, tableOf } from "./faults/report";
import { type Scenario, scenarios } from "./faults/scenarios";
import type { Scene } from "./faults/verdict";
import { ensurePython } from "./setup/index.cjs";

const document = join(__dirname, "..", "docs", "faults.md");
const begin = "<!-- what the command prints -->";
const end = "<!-- end of what the command prints -->";
/** Most of the time a function waits, so there may be more of them than processors. */
const atOnce = 6;

/** @param only scenarios whose name has this text */
const playAll = async (only = ""): Promise<Row[]> => {
  ensurePython();
  const ours = await createOurPrograms();
  const usual: Side = { deploy: deployUsual, createRuntime: processRuntime(usualPrograms) };
  const here: Side = { deploy: deployOurs, createRuntime: processRuntime(ours.programs) };
  const chosen = scenarios.filter(({ name }) => name.includes(only));
  const scenes = new Map<Scenario, { there?: Scene; here?: Scene }>(chosen.map((each) => [each, {}]));
  const todo = chosen.flatMap((scenario) => [
    { scenario, side: "there" as const },
    { scenario, side: "here" as const },
  ]);
  // Those take longest.
  todo.sort((a, b) => Number(b.scenario.varies ?? false) - Number(a.scenario.varies ?? false));
  const work = async (): Promise<void> => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      const { scenario, side } = next;
      const began = Date.now();
      scenes.get(scenario)![side] = await play(scenario, side === "there" ? usual : here);
      process.stderr.write(`${scenario.name}, ${side}: ${Date.now() - began} ms\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    ours.remove();
  }
  return chosen.map((scenario) => {
    const { there, here } = scenes.get(scenario)!;
    return { fault: scenario.name, varies: scenario.varies ?? false, there: there!, here: here! };
  });
};

/**
 * Plays the faults on the usual functions and on ours, and writes the outcomes into docs/faults.md.
 * `--check`: nothing is written; fails when the document says something else.
 * `--only <text>`: only the scenarios whose name has this text; nothing is written.
 */
const main = async (args: readonly string[]): Promise<void> => {
  const at = args.indexOf("--only");
  if (at >= 0) {
    console.log(tableOf(await playAll(args[at + 1])));
    return;
  }
  const table = tableOf(await playAll());
  console.log(table);
  const text = readFileSync(document, "utf8");
  const [before = "", after = ""] = [text.split(begin)[0], text.split(end)[1]];
  const expected = `${before}${begin}\n${table}\n${end}${after}`;
  if (!args.includes("--check")) writeFileSync(document, expected);
  else if (text !== expected) {
    console.error("docs/faults.md says something else: run `npm run faults` and commit it");
    process.exitCode = 1;
  }
};

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
