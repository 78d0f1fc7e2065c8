import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { providerAddresses, providerProgram } from "../scripts/setup/index.cjs";

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

/**
 * Starts the AWS provider once, for runs that use its schema only: tests with a mocked provider. Each of them starts it
 * twice or more otherwise, which takes most of their time. Not for a provider that is configured: all would share that.
 */
export async function startSharedProvider(): Promise<SharedProvider> {
  const child: ChildProcess = spawn("/bin/sh", ["-c", PROGRAM, "sh", providerProgram()], {
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
