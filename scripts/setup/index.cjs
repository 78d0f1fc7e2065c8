const { ensureNodeModules } = require("./node-modules.cjs");
const { checkNode, findPython, findTerraform } = require("./prerequisites.cjs");
const { ensurePython } = require("./python.cjs");
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

module.exports = {
  setup,
  checkPrerequisites,
  ensureNodeModules,
  ensurePython,
  terraformEnvironment,
  providerAddresses,
  providerProgram,
};
