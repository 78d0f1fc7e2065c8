/** What a child process needs in its environment to run `terraform` or `cdktf` with the provider that set-up installed. */
export interface TerraformEnvironment {
  readonly TF_CLI_CONFIG_FILE: string;
  readonly TERRAFORM_BINARY_NAME: string;
  readonly [name: string]: string;
}

export interface Setup {
  /** Python of the project's virtual environment: `moto_server` is `-m moto.server`. */
  readonly python: string;
  /** The command that runs Terraform or OpenTofu. */
  readonly terraform: string;
  /** What the command is, for instance `Terraform 1.11.4` or `OpenTofu 1.12.6`. */
  readonly terraformVersion: string;
  /** To be added to `process.env` of every `terraform` and `cdktf`. */
  readonly environment: TerraformEnvironment;
}

/**
 * Checks the prerequisites and makes what is missing in `.local-aws/`: the virtual environment and the AWS provider.
 * A second call takes no noticeable time.
 * @throws Error naming what is missing and how to get it
 */
export function setup(): Setup;

/** Installs everything: npm's packages as package-lock.json has them, and what {@link setup} makes. */
export function setupWithNodeModules(): Setup;

/**
 * Checks Node, Python, and Terraform or OpenTofu.
 * @param purpose "use" (the default), or "test" for the modules' own tests, which need a later Terraform or OpenTofu
 * @throws Error naming everything that is missing or too old, each with the fix
 */
export function checkPrerequisites(purpose?: "use" | "test"): void;

/** The part of {@link setup} that needs Python only; returns the virtual environment's Python. */
export function ensurePython(): string;

/** Installs Cloud Custodian, which only the policy runner's tests and demo need; returns the program `custodian`. */
export function ensureCustodian(): string;

/** The part of {@link setup} that needs Terraform only. */
export function terraformEnvironment(): TerraformEnvironment;

/** The AWS provider's address in Terraform and in OpenTofu, as `TF_REATTACH_PROVIDERS` has it. */
export const providerAddresses: readonly string[];

/** The path of the AWS provider's program, which {@link terraformEnvironment} has installed. */
export function providerProgram(): string;
