const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./project.cjs");

const packages = (file) => JSON.parse(fs.readFileSync(path.join(root, file), "utf8")).packages;

/** Whether every package that the lock file wants on any machine lies there in its version. */
function isInstalled() {
  // npm writes this file last, so it is not there after an interrupted installation.
  if (!fs.existsSync(path.join(root, "node_modules/.package-lock.json"))) return false;
  const installed = packages("node_modules/.package-lock.json");
  return Object.entries(packages("package-lock.json")).every(
    ([name, { version, optional, devOptional }]) =>
      name === "" || optional || devOptional || (installed[name] && installed[name].version === version),
  );
}

/** Installs what package-lock.json says, unless that is what lies there. */
function ensureNodeModules() {
  if (isInstalled()) return;
  process.stderr.write("Installing the npm packages of package-lock.json (npm ci) ...\n");
  // The level is given because `npm run --silent` hands its own down, which would swallow the reason of a failure.
  const { status, error } = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0)
    throw new Error(
      `"npm ci" failed${error ? ` (${error.message})` : ""}; its message above says why. Run the command again once that is solved.`,
    );
}

module.exports = { ensureNodeModules, isInstalled };
