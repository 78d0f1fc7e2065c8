const { spawnSync } = require("node:child_process");
const path = require("node:path");

const UV = "uv==0.13.9";
const pip = ["-m", "pip", "--disable-pip-version-check"];

/** Runs a command and throws `failed` if it fails. Progress goes to stderr: stdout belongs to who asked for set-up. */
function run(command, args, failed) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${failed}${error ? ` (${error.message})` : ""}`);
}

/**
 * Installs with uv, which takes a tenth of pip's time, and returns whether it did. uv does not read pip's configuration, so
 * where that names an index, a proxy or a certificate of its own, pip installs.
 */
function installWithUv(python, file) {
  const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
  const { stdout } = spawnSync(python, [...pip, "config", "list"], { encoding: "utf8" });
  if (/index|proxy|client-cert/.test(stdout)) return false;
  const uv = path.join(path.dirname(python), "uv");
  return (
    works(python, [...pip, "install", UV]) && works(uv, ["pip", "install", "--python", python, "-r", file])
  );
}

/** Installs a file of requirements into the virtual environment of a Python. */
function installRequirements(python, file) {
  if (installWithUv(python, file)) return;
  run(
    python,
    [...pip, "install", "--quiet", "-r", file],
    `The Python tools of ${path.basename(file)} could not be installed; pip's message above says why. Run the command again once that is solved.`,
  );
}

module.exports = { installRequirements, run };
