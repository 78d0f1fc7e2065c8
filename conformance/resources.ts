import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { strToU8, zipSync } from "fflate";
import { terraformEnvironment } from "../scripts/setup/index.cjs";
import type { Resources } from "./account";

const source = join(__dirname, "terraform");
/** A folder for each run, with its state: what a run could not remove is removed from there. */
const runs = join(__dirname, "runs");

/** What fails on purpose, for the records of failed events. */
const functionCode = `exports.handler = async (event) => {
  if (event.fail) throw new Error("failed on purpose");
  return event;
};
`;

export interface TerraformRun {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** The resources of a run, made by Terraform. */
export class RunResources {
  private readonly folder: string;
  private child: ChildProcess | undefined;

  /** @param environment endpoint, credentials and region of Terraform; default: those of this process */
  constructor(
    readonly run: TerraformRun,
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {
    this.folder = join(runs, run.name);
  }

  /** The run whose resources could not be removed. Throws if there is none of this name. */
  static left(name: string, environment?: NodeJS.ProcessEnv): RunResources {
    const file = join(runs, name, "run.json");
    if (!existsSync(file)) {
      const known = existsSync(runs) ? readdirSync(runs) : [];
      throw new Error(`There is no run ${name}; runs with resources are: ${known.join(", ") || "none"}.`);
    }
    return new RunResources(JSON.parse(readFileSync(file, "utf8")) as TerraformRun, environment);
  }

  /** @param signal ends Terraform, which completes what is under way and writes its state */
  async apply(signal?: AbortSignal): Promise<Resources> {
    const interrupt = () => this.child?.kill("SIGINT");
    signal?.addEventListener("abort", interrupt, { once: true });
    mkdirSync(this.folder, { recursive: true });
    cpSync(source, this.folder, { recursive: true });
    writeFileSync(join(this.folder, "run.json"), JSON.stringify(this.run));
    writeFileSync(join(this.folder, "function.zip"), zipSync({ "index.js": strToU8(functionCode) }));
    await this.terraform("init", "-input=false");
    signal?.throwIfAborted();
    await this.terraform("apply", "-auto-approve", "-input=false", ...this.variables());
    signal?.removeEventListener("abort", interrupt);
    const outputs = JSON.parse(await this.terraform("output", "-json")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])) as never;
  }

  /** Addresses of the resources that are left. */
  async left(): Promise<string[]> {
    if (!existsSync(join(this.folder, "terraform.tfstate"))) return [];
    const addresses = await this.terraform("state", "list");
    return addresses.split("\n").filter((address) => address && !address.startsWith("data."));
  }

  /** Removes the resources, and then the folder of the run. */
  async destroy(): Promise<void> {
    // Without a refresh: the calls that delete are enough, and Ctrl-C is answered sooner.
    await this.terraform("destroy", "-auto-approve", "-input=false", "-refresh=false", ...this.variables());
    this.forget();
  }

  /** Removes the folder of the run. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private variables(): string[] {
    const { account, name } = this.run;
    const values = { name, account, function_zip: join(this.folder, "function.zip") };
    return Object.entries(values).map(([variable, value]) => `-var=${variable}=${value}`);
  }

  private terraform(...args: string[]): Promise<string> {
    const { region } = this.run;
    const setup = terraformEnvironment();
    const env = { ...process.env, ...setup, AWS_REGION: region, TF_IN_AUTOMATION: "1", ...this.environment };
    // In a process group of its own, since Ctrl-C goes to the whole group: this program decides when Terraform ends.
    const child = spawn(env.TERRAFORM_BINARY_NAME ?? "terraform", args, {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.child = undefined;
        if (code === 0) resolve(output.stdout);
        else
          reject(
            new Error(
              `terraform ${args[0]}: ${stripVTControlCharacters(output.stderr || output.stdout).trim()}`,
            ),
          );
      });
    });
  }
}
