const { spawnSync } = require("node:child_process");

const needed = { node: "20.9", python: "3.10" };

/** The oldest that run the modules and the app, and the oldest that the modules' own tests are run with. */
const terraforms = {
  Terraform: { use: "1.5", test: "1.11", from: "https://developer.hashicorp.com/terraform/install" },
  OpenTofu: { use: "1.6", test: "1.12", from: "https://opentofu.org/docs/intro/install" },
};

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

/**
 * Terraform or OpenTofu as the CDKTF command line finds it: TERRAFORM_BINARY_NAME, else `terraform` on PATH.
 * @param env added to the environment in which the binary says its version
 * @param purpose "use", or "test" for the modules' own tests, which need a later version
 */
function findTerraform(env, purpose = "use") {
  const command = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const where = `"${command}", ${process.env.TERRAFORM_BINARY_NAME ? "from TERRAFORM_BINARY_NAME" : "on PATH"}`;
  const minimum = Object.entries(terraforms)
    .map(([product, { [purpose]: version }]) => `${product} ${version}`)
    .join(" or ");
  const text = output(command, ["version"], { ...process.env, CHECKPOINT_DISABLE: "1", ...env });
  if (text === undefined)
    throw new Error(
      `Terraform is missing: ${where}, cannot be run, and ${minimum} or later is needed.\n` +
        `Install it from ${terraforms.Terraform.from}, or set TERRAFORM_BINARY_NAME to where it lies, and try again.`,
    );
  // Of both products: the JSON of `version -json` does not say which of them it is from.
  const [, product, version] = /^(Terraform|OpenTofu) v(\S+)/m.exec(text) || [];
  if (product === undefined)
    throw new Error(
      `${where}, is neither Terraform nor OpenTofu: "${command} version" prints "${text.trim().split("\n")[0]}".\n` +
        `Set TERRAFORM_BINARY_NAME to the path of ${minimum} or later, and try again.`,
    );
  const { [purpose]: oldest, from } = terraforms[product];
  if (isAtLeast(version, oldest)) return { command, product, version };
  throw new Error(
    `${product} ${version} (${where}) is too old${purpose === "test" ? " for the tests of the modules" : ""}: ${oldest} or later is needed.\n` +
      `Install a newer one from ${from}, or set TERRAFORM_BINARY_NAME to the path of ${minimum} or later, and try again.`,
  );
}

module.exports = { checkNode, findPython, findTerraform };
