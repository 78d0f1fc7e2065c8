const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { once } = require("./once.cjs");
const { findTerraform } = require("./prerequisites.cjs");
const { local } = require("./project.cjs");
const { findProviderMirror, isMirror, searched } = require("./provider-mirror.cjs");

/** Tests, demo and bench run with this one version, the oldest that the modules allow. */
const providerVersion = "5.100.0";

const folder = path.join(local, "provider");
const installed = path.join(folder, ".terraform", "providers");
const configuration = path.join(local, "terraform.rc");

/** TF_CLI_CONFIG_FILE, unless it names a file that does not exist: Terraform would refuse to run at all. */
function usersConfiguration() {
  const file = process.env.TF_CLI_CONFIG_FILE;
  return file && fs.existsSync(file) ? file : undefined;
}

const quiet = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };

/** A mirror of this one path for every provider host, so that no host needs naming. */
function mirrorConfiguration(mirror) {
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(mirror)}`,
    '    include = ["*/*/*"]',
    "  }",
    "}",
    "",
  ].join("\n");
}

/** Terraform's message, or undefined if it installed the provider into `folder`. */
function install(terraform, configurationFile) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const requirement = { aws: { source: "hashicorp/aws", version: providerVersion } };
  fs.writeFileSync(
    path.join(folder, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: requirement } }),
  );
  const run = spawnSync(terraform, ["init", "-backend=false", "-no-color"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      ...quiet,
      TF_CLI_CONFIG_FILE: configurationFile,
      // A registry that is not reachable must say so within seconds.
      TF_REGISTRY_CLIENT_TIMEOUT: "5",
      TF_REGISTRY_DISCOVERY_RETRY: "0",
    },
  });
  return run.status === 0 ? undefined : run.stderr.trim();
}

/**
 * The environment in which every `terraform` and `cdktf` of tests, demo and bench runs. The first call installs
 * the AWS provider once: from where the user's CLI configuration or the registry has it, else from a mirror found
 * on the machine. What was installed then serves as the mirror of every later `terraform init`, which is so fast,
 * offline, and the same version whichever source it came from.
 * @throws Error if Terraform is missing or too old, or the provider is nowhere to be had
 */
function terraformEnvironment() {
  const users = usersConfiguration();
  const terraform = findTerraform({ TF_CLI_CONFIG_FILE: users });
  once("provider", {
    inputs: [providerVersion],
    exists: () => fs.existsSync(configuration) && isMirror(installed, providerVersion),
    make() {
      process.stderr.write(`Installing the AWS provider ${providerVersion} ...\n`);
      const problem = install(terraform.command, users);
      if (problem !== undefined) installFromMirror(terraform.command, problem);
      fs.writeFileSync(configuration, mirrorConfiguration(installed));
    },
  });
  return { ...quiet, TF_CLI_CONFIG_FILE: configuration, TERRAFORM_BINARY_NAME: terraform.command };
}

function installFromMirror(terraform, problem) {
  const mirror = findProviderMirror(providerVersion);
  if (mirror !== undefined) fs.writeFileSync(configuration, mirrorConfiguration(mirror));
  const still = mirror === undefined ? problem : install(terraform, configuration);
  if (still === undefined) return;
  throw new Error(
    `The AWS provider ${providerVersion} cannot be installed. Terraform says:\n\n${still}\n\n` +
      `No usable filesystem mirror was found either in ${searched().join(", ")}.\n` +
      `Either let this machine reach the registry, or run "terraform providers mirror ${path.join(os.homedir(), ".terraform.d/plugins")}" ` +
      `on one that can, in a folder that requires hashicorp/aws ${providerVersion}, and copy the result here.`,
  );
}

module.exports = { terraformEnvironment, usersConfiguration };
