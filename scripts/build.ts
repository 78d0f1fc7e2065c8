import { bundleProgram } from "./bundle/program";

/** What runs as one file, so that it starts fast: the app. */
const programs = [{ source: "main.ts", built: "dist/app/main.js" }];

async function main(): Promise<void> {
  for (const { source, built } of programs) await bundleProgram(source, built);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
