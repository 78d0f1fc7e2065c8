const { spawnSync } = require("node:child_process");

const needed = { node: "20.9", python: "3.10", terraform: "1.5" };

/** Compares the first two numbers of versions such as "20.9.0" and "20.9". */
function isAtLeast(version, minimum) {
  const [major, minor] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = minimum.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** What the command printed, or undefined if it could not be run. */
function output(command, args, env) {
  const run = spawnSync(command, args, { encoding: "utf8", env });
  return run.status === 0 ? run.stdout : undefined;
}

function checkNode() {
  const found = process.versions.node;
  if (isAtLeast(found, needed.node)) return;
  throw new Error(
    `Node ${found} is too old: ${needed.node} or later is needed.\n` +
      "Install a current LTS release, from https://nodejs.org or with a version manager (nvm install 22), and try again.",
  );
}

/** The first of `python3` and `python` that is new enough. */
function findPython() {
  const found = [];
  for (const command of ["python3", "python"]) {
    const version = output(command, ["-c", "import platform; print(platform.python_version())"]);
    if (version === undefined) continue;
    if (isAtLeast(version, needed.python)) return { command, version: version.trim() };
    found.push(`${command} is ${version.trim()}`);
  }
  throw new Error(
    found.length === 0
      ? `Python is missing: neither python3 nor python is on PATH, and ${needed.python} or later is needed.\n` +
          "Install it from https://www.python.org/downloads or with your system's package manager, and try again."
      : `Python is too old (${found.join(", ")}): ${needed.python} or later is needed.\n` +
          "Install a newer one, put it first on PATH, and try again.",
  );
}

/** Terraform as the CDKTF command line finds it: TERRAFORM_BINARY_NAME, else `terraform` on PATH. */
function findTerraform(env) {
  const command = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const text = output(command, ["version", "-json"], { ...process.env, CHECKPOINT_DISABLE: "1", ...env });
  if (text === undefined)
    throw new Error(
      `Terraform is missing: "${command}" (${process.env.TERRAFORM_BINARY_NAME ? "from TERRAFORM_BINARY_NAME" : "on PATH"}) ` +
        `cannot be run, and ${needed.terraform} or later is needed.\n` +
        "Install it from https://developer.hashicorp.com/terraform/install, or set TERRAFORM_BINARY_NAME to where it lies, and try again.",
    );
  const version = JSON.parse(text).terraform_version;
  if (isAtLeast(version, needed.terraform)) return { command, version };
  throw new Error(
    `Terraform ${version} ("${command}") is too old: ${needed.terraform} or later is needed.\n` +
      "Install a newer one from https://developer.hashicorp.com/terraform/install, or set TERRAFORM_BINARY_NAME to it, and try again.",
  );
}

module.exports = { checkNode, findPython, findTerraform };
