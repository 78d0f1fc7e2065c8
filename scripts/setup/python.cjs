const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { once } = require("./once.cjs");
const { findPython } = require("./prerequisites.cjs");
const { local, root } = require("./project.cjs");

const UV = "uv==0.13.9";

/** Progress goes to stderr: stdout belongs to the command that asked for set-up. */
function run(command, args, failed) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${failed}${error ? ` (${error.message})` : ""}`);
}

const pip = ["-m", "pip", "--disable-pip-version-check"];

/**
 * Installs with uv, which takes a tenth of pip's time, and returns whether it did. An index, proxy or certificate that is
 * configured for pip is not for uv; pip itself then installs.
 */
function installWithUv(python, requirements) {
  const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
  const { stdout } = spawnSync(python, [...pip, "config", "list"], { encoding: "utf8" });
  if (/index-url|proxy|client-cert/.test(stdout)) return false;
  const uv = path.join(path.dirname(python), "uv");
  return (
    works(python, [...pip, "install", UV]) &&
    works(uv, ["pip", "install", "--python", python, "-r", path.join(root, requirements)])
  );
}

function install(systemPython, venv, requirements) {
  run(
    systemPython,
    ["-m", "venv", venv],
    `"${systemPython} -m venv" failed. On Debian and Ubuntu it comes with the package python3-venv: sudo apt install python3-venv`,
  );
  const python = path.join(venv, "bin", "python");
  if (installWithUv(python, requirements)) return;
  run(
    python,
    [...pip, "install", "--quiet", "-r", path.join(root, requirements)],
    `The Python tools of ${requirements} could not be installed; pip's message above says why. Run the command again once that is solved.`,
  );
}

/** Installs a file of requirements into a virtual environment of the project, and returns the folder of its programs. */
function ensureVenv(name, requirements) {
  const venv = path.join(local, name);
  const programs = path.join(venv, "bin");
  const system = findPython();
  once(name, {
    inputs: [system.version, fs.readFileSync(path.join(root, requirements), "utf8")],
    exists: () => fs.existsSync(path.join(programs, "python")),
    make() {
      process.stderr.write(`Installing the Python tools of ${requirements} into .local-aws/${name} ...\n`);
      // Programs in a virtual environment name its path, so it is made in place; the former one waits aside.
      const former = `${venv}.former`;
      fs.rmSync(former, { recursive: true, force: true });
      if (fs.existsSync(venv)) fs.renameSync(venv, former);
      try {
        install(system.command, venv, requirements);
      } catch (error) {
        fs.rmSync(venv, { recursive: true, force: true });
        if (fs.existsSync(former)) fs.renameSync(former, venv);
        throw error;
      }
      fs.rmSync(former, { recursive: true, force: true });
    },
  });
  return programs;
}

/** Installs the project's Python tools and returns their Python. */
const ensurePython = () => path.join(ensureVenv("venv", "requirements.txt"), "python");

/**
 * Installs Cloud Custodian and returns its program. It has an environment of its own, which only the tests and the demo of
 * the policy runner make: its dependencies need not agree with those of moto and checkov.
 */
const ensureCustodian = () => path.join(ensureVenv("custodian", "requirements-custodian.txt"), "custodian");

module.exports = { ensureCustodian, ensurePython };
