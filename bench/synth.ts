import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleProgram } from "../scripts/bundle/program";
import { median, node, type Run, run } from "./measure";

export type SynthFigures = {
  /** Copies of the unified layout in one stack: network, cluster, a service, launcher and a rule each. */
  copies: number;
  /** From the start of the process to its end. */
  seconds: number;
  /** Peak memory of the process, as the operating system counts it. */
  peakMb: number;
};

const repetitions = 7;
const sizes = [1, 10, 100];
// Within the project: a program finds the bundles of functions in its parent folders.
const program = join(__dirname, "../dist/bench/synth.js");

const figuresOf = (copies: number, runs: readonly Run[]): SynthFigures => ({
  copies,
  seconds: median(runs.map(({ startedAt, endedAt }) => endedAt - startedAt)) / 1000,
  peakMb: median(runs.map(({ output }) => Number(/peak (\d+) KB/.exec(output)![1]))) / 1024,
});

/**
 * Measures synthesis by a program that is built like the app, as a separate process. 0 copies: a Node.js that does nothing.
 * The sizes alternate, so that a busy machine affects all of them equally.
 */
export const measureSynth = async (): Promise<SynthFigures[]> => {
  await bundleProgram("bench/synth-program.ts", program);
  // Reading these certificates takes longer than the rest of Node's start.
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const runs = new Map<number, Run[]>([0, ...sizes].map((copies) => [copies, []]));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [copies, made] of runs) {
        const command =
          copies === 0
            ? ["-e", "console.log(`peak ${process.resourceUsage().maxRSS} KB`)"]
            : [program, `${copies}`, join(folder, `${repetition}-${copies}`)];
        made.push(await run([node, ...command], env));
      }
    }
    return [...runs].map(([copies, made]) => figuresOf(copies, made));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
