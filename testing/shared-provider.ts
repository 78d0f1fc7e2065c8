import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { providerAddresses, providerProgram } from "../scripts/setup/index.cjs";
import { fewerCollections } from "./terraform";

/** One process of the AWS provider for many runs of Terraform or OpenTofu. */
export interface SharedProvider {
  /** To be added to the environment of each run. */
  readonly environment: { readonly TF_REATTACH_PROVIDERS: string };
  stop(): void;
}

// Ends the provider when this process ends, however it does: the pipe then closes.
const PROGRAM = `
"$1" -debug &
read -r line
kill -s KILL $!
`;

/** Where the provider runs. */
export interface ProviderPlace {
  /** As for Terraform: the provider reads its endpoint there. */
  readonly environment: NodeJS.ProcessEnv;
  /** Terraform's root, from which the provider reads files. */
  readonly folder: string;
}

/**
 * Starts the AWS provider once. Each run of Terraform starts it twice or more otherwise, which takes half of its processor
 * time. All runs share one configuration: those in one root can, and those that use the schema only (no `place`).
 */
export async function startSharedProvider(place?: ProviderPlace): Promise<SharedProvider> {
  const child: ChildProcess = spawn("/bin/sh", ["-c", PROGRAM, "sh", providerProgram()], {
    cwd: place?.folder,
    // With certificates of its own the provider cannot be configured twice, and local AWS needs none.
    env: { ...process.env, ...fewerCollections, ...place?.environment, AWS_CA_BUNDLE: undefined },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const stop = (): void => void child.stdin?.end();
  const attach = await new Promise<object>((resolve, reject) => {
    createInterface(child.stdout!).on("line", (line) => {
      const [, json] = /^\s*TF_REATTACH_PROVIDERS='(.*)'$/.exec(line) ?? [];
      if (json) resolve(Object.values(JSON.parse(json) as Record<string, object>)[0]!);
    });
    child.once("error", reject);
    child.once("exit", (status) =>
      reject(new Error(`${providerProgram()} -debug ended with ${status} and gave no address.`)),
    );
  });
  const addresses = Object.fromEntries(providerAddresses.map((address) => [address, attach]));
  return { environment: { TF_REATTACH_PROVIDERS: JSON.stringify(addresses) }, stop };
}
