import { join } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..");

/** What runs as one file, so that it starts fast: the app. */
const programs = [{ source: "main.ts", built: "dist/app/main.js" }];

async function main(): Promise<void> {
  for (const { source, built } of programs) {
    await build({
      entryPoints: [join(root, source)],
      outfile: join(root, built),
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "warning",
    });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
