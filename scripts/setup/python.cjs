const fs = require("node:fs");
const path = require("node:path");
const { installRequirements, run } = require("./install-requirements.cjs");
const { once } = require("./once.cjs");
const { findPython } = require("./prerequisites.cjs");
const { local, root } = require("./project.cjs");

function install(systemPython, venv, requirements) {
  run(
    systemPython,
    ["-m", "venv", venv],
    `"${systemPython} -m venv" failed. On Debian and Ubuntu it comes with the package python3-venv: sudo apt install python3-venv`,
  );
  installRequirements(path.join(venv, "bin", "python"), path.join(root, requirements));
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
