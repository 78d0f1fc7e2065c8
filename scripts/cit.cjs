/** Installs everything and passes every check: what CI runs on a clean machine. */
const { spawnSync } = require("node:child_process");
const { root } = require("./setup/project.cjs");
const { checkPrerequisites, ensureNodeModules, setup } = require("./setup/index.cjs");

function npmRun(script) {
  process.stdout.write(`\n> ${script}\n`);
  const { status } = spawnSync("npm", ["run", "--silent", script], { cwd: root, stdio: "inherit" });
  // A check that a signal ended has no status.
  if (status !== 0) process.exit(status ?? 1);
}

try {
  checkPrerequisites("test");
  ensureNodeModules();
  setup();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
// The tests run last: their last line tells how many passed and failed.
for (const script of ["lint", "typecheck", "test"]) npmRun(script);
