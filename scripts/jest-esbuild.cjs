const { createHash } = require("node:crypto");
const esbuild = require("esbuild");

const options = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };

// `npm run typecheck` checks types. Tests only need the types removed.
module.exports = {
  process: (source, path) => ({ code: esbuild.transformSync(source, { ...options, sourcefile: path }).code }),
  getCacheKey: (source, path) =>
    createHash("sha256")
      .update(JSON.stringify([options, esbuild.version, path, source]))
      .digest("hex"),
};
