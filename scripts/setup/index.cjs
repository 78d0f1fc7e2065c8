const { spawn } = require("node:child_process");
const { ensureNodeModules, isInstalled } = require("./node-modules.cjs");
const { checkNode, findPython, findTerraform } = require("./prerequisites.cjs");
const { root } = require("./project.cjs");
const { ensureCustodian, ensurePython } = require("./python.cjs");
const {
  providerAddresses,
  providerProgram,
  terraformEnvironment,
  usersConfiguration,
} = require("./install-provider.cjs");

/** Throws one error that names everything that is missing or too old, each with the fix. */
function checkPrerequisites(purpose = "use") {
  const terraform = () => findTerraform({ TF_CLI_CONFIG_FILE: usersConfiguration() }, purpose);
  const problems = [checkNode, findPython, terraform].flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      return [error.message];
    }
  });
  if (problems.length > 0) throw new Error(problems.join("\n\n"));
}

/** Checks the prerequisites and makes what is missing in `.local-aws/`. A second call takes no noticeable time. */
function setup() {
  checkPrerequisites();
  const environment = terraformEnvironment();
  const { command, product, version } = findTerraform(environment);
  return {
    python: ensurePython(),
    terraform: command,
    terraformVersion: `${product} ${version}`,
    environment,
  };
}

/**
 * Begins what {@link setup} makes, each part in a process of its own beside this one. What fails there is tried again by
 * setup, which reports it.
 */
function startParts(parts = ["terraformEnvironment", "ensurePython"]) {
  return parts.map((part) => {
    const script = `try { require("./scripts/setup/index.cjs").${part}(); } catch {}`;
    return spawn(process.execPath, ["-e", script], { cwd: root, stdio: ["ignore", "ignore", 2] });
  });
}

/** Checks the prerequisites and installs everything: the npm packages and, at the same time, what {@link setup} makes. */
function setupWithNodeModules() {
  checkPrerequisites();
  if (!isInstalled()) {
    const parts = startParts();
    try {
      ensureNodeModules();
    } catch (error) {
      for (const part of parts) part.kill();
      throw error;
    }
  }
  return setup();
}

module.exports = {
  setup,
  setupWithNodeModules,
  startParts,
  ensureNodeModules,
  checkPrerequisites,
  ensureCustodian,
  ensurePython,
  terraformEnvironment,
  providerAddresses,
  providerProgram,
};
