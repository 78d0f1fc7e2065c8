import { spawnSync } from "node:child_process";
import { lambdaRuntimes } from "../testing/runtimes";
import { projectRoot } from "../testing/terraform";

const jest = require.resolve("jest/bin/jest");

/** Runs the unit tests of the handlers on each version of Node.js that Lambda runs them on. */
for (const [version, program] of lambdaRuntimes()) {
  console.log(`\n> ${version}`);
  const tests = ["--selectProjects", "unit", "--testPathPatterns", "__tests__/handlers/"];
  const { status } = spawnSync(program, [jest, ...tests], { cwd: projectRoot, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
