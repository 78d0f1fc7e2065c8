import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundleWorker } from "../scripts/bundle/worker";
import { node, run } from "./measure";

export type BottlesFigures = {
  /** From Homebrew's stand-in to an object store, verified. */
  mbPerSecond: number;
  cpuSecondsPerGiB: number;
  /** Memory of the process at its peak. */
  peakMb: number;
  /** Of a Python program of the usual shape; null if no python3 has aiohttp and boto3. */
  pythonMbPerSecond: number | null;
  pythonCpuSecondsPerGiB: number | null;
};

const bottles = 1_000;
const concurrency = 10;
const root = join(__dirname, "..");

type Measured = { bytes: number; seconds: number; cpuSeconds: number; peakMb?: number };

const mbPerSecond = ({ bytes, seconds }: Measured): number => bytes / 1e6 / seconds;
const cpuSecondsPerGiB = ({ bytes, cpuSeconds }: Measured): number => cpuSeconds / (bytes / 1024 ** 3);

const findPython = (): string | undefined => {
  const ours = join(root, ".local-aws/venv/bin/python");
  return [ours, "python3"].find((python) => {
    if (python === ours && !existsSync(ours)) return false;
    try {
      execFileSync(python, ["-c", "import aiohttp, boto3"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
};

const startServer = async (program: string): Promise<{ line: string; stop: () => void }> => {
  const child = spawn(node, [program, String(bottles)], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { line, stop: () => child.kill() };
};

/**
 * Measures a sync of 1,000 bottles of Homebrew's sizes, beside a Python program of the usual shape, one after the other:
 * same stand-in, same object store, both in a process of their own.
 */
export const measureBottles = async (): Promise<BottlesFigures> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-bottles-"));
  const programOf = async (entry: string): Promise<string> => {
    const program = join(folder, `${entry}.js`);
    await bundleWorker(`bench/${entry}.ts`, program);
    return program;
  };
  const server = await startServer(await programOf("bottles-server"));
  try {
    const file = join(folder, "bottles.json");
    writeFileSync(file, server.line);
    const program = await programOf("bottles-program");
    const ours: Measured = JSON.parse((await run([node, program, file, String(concurrency)])).output);
    const python = findPython();
    const theirs: Measured | null =
      python === undefined
        ? null
        : JSON.parse((await run([python, join(__dirname, "bottles.py"), file])).output);
    return {
      mbPerSecond: mbPerSecond(ours),
      cpuSecondsPerGiB: cpuSecondsPerGiB(ours),
      peakMb: ours.peakMb!,
      pythonMbPerSecond: theirs && mbPerSecond(theirs),
      pythonCpuSecondsPerGiB: theirs && cpuSecondsPerGiB(theirs),
    };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true });
  }
};
