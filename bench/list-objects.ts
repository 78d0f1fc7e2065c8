import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../scripts/bundle/worker";
import { node, run } from "./measure";

export type ListObjectsFigures = {
  objects: number;
  seconds: number;
  /** Memory of the process before the listing and at its peak. */
  megabytes: { before: number; peak: number };
  /** Seconds to store so many findings of one object. */
  completeSeconds: { 20000: number; 40000: number };
};

/** `OBJECTS=1000000` takes minutes. */
const objects = Number(process.env.OBJECTS ?? 100_000);

/** Measures list-objects and the storing of findings on real PostgreSQL, without the time of S3, SQS and the network. */
export const measureListObjects = async (): Promise<ListObjectsFigures> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-list-"));
  try {
    const program = join(folder, "list.js");
    await bundleWorker("bench/list-objects-program.ts", program);
    // The package of PostgreSQL is not in the bundle.
    const env = { ...process.env, NODE_PATH: join(__dirname, "..", "node_modules") };
    const { output } = await run([node, program, String(objects)], env);
    return JSON.parse(output) as ListObjectsFigures;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
