/** Installs everything and passes every check: what CI runs on a clean machine. */
const { spawn, spawnSync } = require("node:child_process");
const { root } = require("./setup/project.cjs");
const { checkPrerequisites, ensureNodeModules, setup, startParts } = require("./setup/index.cjs");

const times = [];

async function timed(part, run) {
  const began = Date.now();
  await run();
  times.push(`${part} ${Math.round((Date.now() - began) / 1000)} s`);
}

/** Runs a script of package.json beside others: what it prints comes when it has ended. Rejects if it fails. */
async function check(script) {
  const child = spawn("npm", ["run", "--silent", script], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  process.stdout.write(Buffer.concat([Buffer.from(`\n> ${script}\n`), ...output]));
  if (status !== 0) throw new Error(`npm run ${script} failed; its output above says why.`);
}

async function main() {
  checkPrerequisites("test");
  const parts = startParts(["terraformEnvironment", "ensurePython", "ensureCustodian"]);
  try {
    await timed("npm packages", ensureNodeModules);
    await timed("lint and types", () => Promise.all([check("lint"), check("typecheck")]));
  } catch (error) {
    for (const part of parts) part.kill();
    throw error;
  }
  await timed("rest of set-up", setup);
  // The tests run last and say how long each part took. Their last line tells how many passed and failed.
  const env = { ...process.env, TIMES_BEFORE_TESTS: times.join(", ") };
  const { status } = spawnSync("npm", ["run", "--silent", "test"], { cwd: root, env, stdio: "inherit" });
  // Tests that a signal ended have no status.
  process.exitCode = status ?? 1;
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
