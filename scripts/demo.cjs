/** The main job end to end on local AWS. Runs on a fresh clone: what is missing is installed first. */
const { setupWithNodeModules } = require("./setup/index.cjs");

async function main() {
  const tools = setupWithNodeModules();
  // A notice of the SDK about Node's version, which is not what the demo is about.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  require("tsx/cjs");
  await require("./demo/main.ts").main(process.argv.slice(2), tools);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
