const { ensureNodeModules } = require("./node-modules.cjs");
const { checkNode, findPython, findTerraform } = require("./prerequisites.cjs");
const { ensurePython } = require("./python.cjs");
const { terraformEnvironment, usersConfiguration } = require("./terraform.cjs");

/** Throws one error that names everything that is missing or too old, each with the fix. */
function checkPrerequisites() {
  const terraform = () => findTerraform({ TF_CLI_CONFIG_FILE: usersConfiguration() });
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
  return { python: ensurePython(), terraform: environment.TERRAFORM_BINARY_NAME, environment };
}

module.exports = { setup, checkPrerequisites, ensureNodeModules, ensurePython, terraformEnvironment };
