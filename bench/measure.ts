import { spawn } from "node:child_process";

/** The Node.js to measure with: `BENCH_NODE` (Lambda has 22), by default the one that runs this. */
export const node = process.env.BENCH_NODE ?? process.execPath;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

export type Run = { startedAt: number; endedAt: number; output: string };

/** Milliseconds since 1970, with fractions: comparable between processes. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Runs a program to its end. Rejects with its output if it fails. */
export const run = (command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> =>
  new Promise((resolve, reject) => {
    const startedAt = now();
    const child = spawn(command[0]!, command.slice(1), { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ startedAt, endedAt: now(), output });
      else reject(new Error(`${command.join(" ")} exited with ${code}:\n${output}`));
    });
  });
