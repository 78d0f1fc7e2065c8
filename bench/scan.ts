import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../scripts/bundle/worker";
import { type CorpusOptions, createCorpus } from "../testing/scan/corpus";
import { node, run } from "./measure";

export type ScanFigures = {
  /** Detectors, validators and locations, with a value for each 900 bytes. */
  mbPerSecond: number;
  /** The same by regular expressions for each line, in Python; null if there is no python3. */
  pythonMbPerSecond: number | null;
  /** The expressions as one, only counted; null if there is no rg. */
  ripgrepMbPerSecond: number | null;
  ratio: number | null;
  /** With hashes and masked contexts, and a value for each 10 KB, beside Python with a hash without a key. */
  hashed: { mbPerSecond: number; pythonMbPerSecond: number | null; ratio: number | null };
  /** The line of 1 MB, made of one piece, that takes longest. */
  slowestPoison: { piece: string; milliseconds: number };
};

const bytes = 12 * 1024 * 1024;
const megabytes = bytes / 1e6;

const output = async (command: readonly string[]): Promise<string> => (await run(command)).output;

const exists = (program: string): boolean => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const measurePython = async (file: string, what: "matches" | "hashes"): Promise<number | null> => {
  if (!exists("python3")) return null;
  const { seconds } = JSON.parse(await output(["python3", join(__dirname, "scan.py"), file, what]));
  return megabytes / seconds;
};

const combined = [
  String.raw`\b[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\b`,
  String.raw`\b(?:[0-9]{4}[- ]?){3}[0-9]{4}\b|\b[0-9]{15,16}\b`,
  String.raw`\bAKIA[0-9A-Z]{16}\b`,
  String.raw`\b[A-Za-z0-9/+=]{40}\b`,
  String.raw`\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b`,
  String.raw`\b(?:\+?1[-. ]?)?\(?[0-9]{3}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4}\b`,
].join("|");

const measureRipgrep = async (file: string): Promise<number | null> => {
  if (!exists("rg")) return null;
  const command = 'TIMEFORMAT="%U %S"; time rg -j1 -c -a -e "$1" "$2"';
  const [user, system] = (await output(["bash", "-c", command, "bash", combined, file]))
    .trim()
    .split(/\s+/)
    .slice(-2)
    .map(Number);
  return megabytes / (user! + system!);
};

const divide = (value: number, by: number | null): number | null => (by === null ? null : value / by);

/** Measures the scanner beside usual ones on the same text, by processor time. They alternate, each three times. */
export const measureScan = async (): Promise<ScanFigures> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-scan-"));
  try {
    const program = join(folder, "scan.js");
    await bundleWorker("bench/scan-program.ts", program);
    const fileOf = (name: string, options: Pick<CorpusOptions, "bytesPerValue">): string => {
      const file = join(folder, name);
      writeFileSync(
        file,
        createCorpus({ seed: 1, bytes, decoysPerValue: 1, ...options }).text.subarray(0, bytes),
      );
      return file;
    };
    const dense = fileOf("dense.txt", { bytesPerValue: 900 });
    const sparse = fileOf("sparse.txt", { bytesPerValue: 10 * 1024 });
    const scan = async (what: "matches" | "findings", file: string): Promise<number[]> =>
      JSON.parse(await output([node, program, what, file])).seconds.map((each: number) => megabytes / each);

    const rates = { dense: [] as number[], sparse: [] as number[] };
    const python = { dense: [] as (number | null)[], sparse: [] as (number | null)[] };
    const ripgrep: (number | null)[] = [];
    for (let repetition = 0; repetition < 3; repetition++) {
      rates.dense.push(...(await scan("matches", dense)));
      python.dense.push(await measurePython(dense, "matches"));
      ripgrep.push(await measureRipgrep(dense));
      rates.sparse.push(...(await scan("findings", sparse)));
      python.sparse.push(await measurePython(sparse, "hashes"));
    }
    const lines: { piece: string; milliseconds: number }[] = JSON.parse(
      await output([node, program, "poison"]),
    );
    // The best of each, since what else runs on the machine can only slow down.
    const best = (values: readonly (number | null)[]): number | null =>
      values.includes(null) ? null : Math.max(...(values as number[]));
    return {
      mbPerSecond: best(rates.dense)!,
      pythonMbPerSecond: best(python.dense),
      ripgrepMbPerSecond: best(ripgrep),
      ratio: divide(best(rates.dense)!, best(python.dense)),
      hashed: {
        mbPerSecond: best(rates.sparse)!,
        pythonMbPerSecond: best(python.sparse),
        ratio: divide(best(rates.sparse)!, best(python.sparse)),
      },
      slowestPoison: lines.reduce((slowest, line) =>
        line.milliseconds > slowest.milliseconds ? line : slowest,
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
