import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const running = new Set<ChildProcess>();

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told each line of standard output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command and resolves with its standard output.
 * @throws Error with what the command printed if it fails
 */
export function command(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that endCommands ends what the command started, too: Terraform's providers.
    const child = spawn(file, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let stdout = "";
    let stderr = "";
    createInterface(child.stdout).on("line", (line) => {
      stdout += `${line}\n`;
      options.onLine?.(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      running.delete(child);
      if (status === 0) resolve(stdout);
      else reject(new Error(`${file} ${args.join(" ")} failed (in ${options.cwd}):\n${stdout}${stderr}`));
    });
  });
}

/** Ends every command that runs, at once: there is nothing to save in an emulated account. */
export function endCommands(): void {
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}
