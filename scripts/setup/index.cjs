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

/** Checks the prerequisites and installs everything: the npm packages and, at the same time, what {@link setup} makes. */
function setupWithNodeModules(purpose) {
  checkPrerequisites(purpose);
  if (!isInstalled()) {
    // What fails there is tried again below, which reports it.
    const script = 'try { require("./scripts/setup/index.cjs").setup(); } catch {}';
    const other = spawn(process.execPath, ["-e", script], { cwd: root, stdio: ["ignore", "ignore", 2] });
    try {
      ensureNodeModules();
    } catch (error) {
      other.kill();
      throw error;
    }
  }
  return setup();
}

module.exports = {
  setup,
  setupWithNodeModules,
  checkPrerequisites,
  ensureCustodian,
  ensurePython,
  terraformEnvironment,
  providerAddresses,
  providerProgram,
};
