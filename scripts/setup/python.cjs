const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { once } = require("./once.cjs");
const { findPython } = require("./prerequisites.cjs");
const { local, root } = require("./project.cjs");

const requirements = path.join(root, "requirements.txt");
const venv = path.join(local, "venv");
const python = path.join(venv, "bin", "python");

/** Progress goes to stderr: stdout belongs to the command that asked for set-up. */
function run(command, args, failed) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${failed}${error ? ` (${error.message})` : ""}`);
}

function install(systemPython) {
  run(
    systemPython,
    ["-m", "venv", venv],
    `"${systemPython} -m venv" failed. On Debian and Ubuntu it comes with the package python3-venv: sudo apt install python3-venv`,
  );
  run(
    python,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    "The Python tools of requirements.txt could not be installed; pip's message above says why. Run the command again once that is solved.",
  );
}

/** Installs requirements.txt into the project's own virtual environment and returns its Python. */
function ensurePython() {
  const system = findPython();
  once("venv", {
    inputs: [system.version, fs.readFileSync(requirements, "utf8")],
    exists: () => fs.existsSync(python),
    make() {
      process.stderr.write("Installing the Python tools of requirements.txt into .local-aws/venv ...\n");
      // Programs in a virtual environment name its path, so it is made in place; the former one waits aside.
      const former = `${venv}.former`;
      fs.rmSync(former, { recursive: true, force: true });
      if (fs.existsSync(venv)) fs.renameSync(venv, former);
      try {
        install(system.command);
      } catch (error) {
        fs.rmSync(venv, { recursive: true, force: true });
        if (fs.existsSync(former)) fs.renameSync(former, venv);
        throw error;
      }
      fs.rmSync(former, { recursive: true, force: true });
    },
  });
  return python;
}

module.exports = { ensurePython };
