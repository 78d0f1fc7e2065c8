/** Installs everything and passes every check: what CI runs on a clean machine. */
const { spawnSync } = require("node:child_process");
const { root } = require("./setup/project.cjs");
const { setupWithNodeModules } = require("./setup/index.cjs");

const times = [];

function timed(part, run) {
  const began = Date.now();
  run();
  times.push(`${part} ${Math.round((Date.now() - began) / 1000)} s`);
}

function npmRun(script) {
  process.stdout.write(`\n> ${script}\n`);
  // The tests run last and say how long each part took, themselves included.
  const env = { ...process.env, TIMES_BEFORE_TESTS: times.join(", ") };
  const { status } = spawnSync("npm", ["run", "--silent", script], { cwd: root, env, stdio: "inherit" });
  // A check that a signal ended has no status.
  if (status !== 0) process.exit(status ?? 1);
}

try {
  timed("set-up", () => setupWithNodeModules("test"));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
// The tests run last: their last line tells how many passed and failed.
for (const script of ["lint", "typecheck", "test"]) timed(script, () => npmRun(script));
