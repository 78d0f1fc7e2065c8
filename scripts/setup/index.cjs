const { checkNode } = require("./prerequisites.cjs");
const { ensurePython } = require("./python.cjs");
const { terraformEnvironment } = require("./terraform.cjs");

/** Checks the prerequisites and makes what is missing in `.local-aws/`. A second call takes no noticeable time. */
function setup() {
  checkNode();
  const environment = terraformEnvironment();
  return { python: ensurePython(), terraform: environment.TERRAFORM_BINARY_NAME, environment };
}

module.exports = { setup, ensurePython, terraformEnvironment };
