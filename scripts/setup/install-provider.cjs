const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { once } = require("./once.cjs");
const { findTerraform } = require("./prerequisites.cjs");
const { local } = require("./project.cjs");
const {
  anyPackage,
  findProvider,
  hosts,
  isComplete,
  layMirror,
  searched,
  target,
} = require("./provider-mirror.cjs");

/** Tests, demo and bench run with this one version, the oldest that the modules allow. */
const providerVersion = "5.100.0";

const mirror = path.join(local, "provider");
const configuration = path.join(local, "terraform.rc");

/** TF_CLI_CONFIG_FILE, unless it names a file that does not exist: Terraform would refuse to run at all. */
function usersConfiguration() {
  const file = process.env.TF_CLI_CONFIG_FILE;
  return file && fs.existsSync(file) ? file : undefined;
}

const quiet = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };

/** A CLI configuration that takes every provider, of whatever host, from this one folder. */
function mirrorConfiguration(folder) {
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(folder)}`,
    '    include = ["*/*/*"]',
    "  }",
    "}",
    "",
  ].join("\n");
}

/** Runs `init` in an empty folder; returns its message, or undefined if it installed the provider. */
function install(folder, command, configurationFile) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const requirement = { aws: { source: "hashicorp/aws", version: providerVersion } };
  fs.writeFileSync(
    path.join(folder, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: requirement } }),
  );
  const run = spawnSync(command, ["init", "-backend=false", "-no-color"], {
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
 * The environment in which every `terraform` (or `tofu`) and `cdktf` of tests, demo and bench runs. The first call
 * installs the AWS provider once: from where the user's CLI configuration or the registry has it, else from a mirror
 * found on the machine. What was installed then serves as the mirror of every later `init`, which is so fast, offline,
 * and the same version whichever source it came from. The mirror has it for the hosts of Terraform and OpenTofu, so
 * TERRAFORM_BINARY_NAME may change from call to call.
 * @throws Error if Terraform is missing or too old, or the provider is nowhere to be had
 */
function terraformEnvironment() {
  const users = usersConfiguration();
  const terraform = findTerraform({ TF_CLI_CONFIG_FILE: users });
  once("provider", {
    inputs: [providerVersion],
    exists: () => fs.existsSync(configuration) && isComplete(mirror, providerVersion),
    make() {
      process.stderr.write(`Installing the AWS provider ${providerVersion} ...\n`);
      // Made beside the mirror that may be there already, which is only replaced by one that works.
      const work = `${mirror}.new`;
      try {
        const installed = installIn(work, terraform, users);
        layMirror(path.join(work, "mirror"), providerVersion, installed, work);
        fs.rmSync(mirror, { recursive: true, force: true });
        fs.renameSync(path.join(work, "mirror"), mirror);
        fs.writeFileSync(configuration, mirrorConfiguration(mirror));
      } finally {
        fs.rmSync(work, { recursive: true, force: true });
      }
    },
  });
  return { ...quiet, TF_CLI_CONFIG_FILE: configuration, TERRAFORM_BINARY_NAME: terraform.command };
}

/** Installs the provider somewhere in `work` and returns its package there. */
function installIn(work, { command, product, version }, users) {
  const root = path.join(work, "root");
  const installed = () => anyPackage(path.join(root, ".terraform", "providers"), providerVersion);

  let problem = install(root, command, users);
  if (problem === undefined) return installed();
  const found = findProvider(providerVersion, users);
  if (found !== undefined) {
    const file = path.join(work, "terraform.rc");
    layMirror(path.join(work, "found"), providerVersion, found, path.join(work, "root"));
    fs.writeFileSync(file, mirrorConfiguration(path.join(work, "found")));
    problem = install(root, command, file);
    if (problem === undefined) return installed();
  }
  const from =
    found === undefined
      ? `No filesystem mirror has it for ${target} either: looked in ${searched(users).join(", ")}.`
      : `It was to be taken from ${found}.`;
  throw new Error(
    `The AWS provider ${providerVersion} cannot be installed. ${product} ${version} ("${command}"${users ? `, with the CLI configuration ${users}` : ""}) says:\n\n` +
      `${problem}\n\n${from}\n` +
      `Either let this machine reach the registry, or let the CLI configuration have a mirror with hashicorp/aws ${providerVersion}, ` +
      `or run "${path.basename(command)} providers mirror ${path.join(os.homedir(), ".terraform.d/plugins")}" on a machine that reaches the registry, ` +
      `in a folder that requires hashicorp/aws ${providerVersion}, and copy the result here.`,
  );
}

/** For `TF_REATTACH_PROVIDERS`: the address of the AWS provider in Terraform and in OpenTofu. */
const providerAddresses = hosts.map((host) => `${host}/hashicorp/aws`);

/** The program of the provider that {@link terraformEnvironment} has installed. */
function providerProgram() {
  const folder = anyPackage(mirror, providerVersion);
  return path.join(
    folder,
    fs.readdirSync(folder).find((file) => file.startsWith("terraform-provider-aws")),
  );
}

module.exports = { providerAddresses, providerProgram, terraformEnvironment, usersConfiguration };
