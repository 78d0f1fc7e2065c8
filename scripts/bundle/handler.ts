import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { zipSync } from "fflate";

const root = join(__dirname, "../..");

/** Each handler and the module beside which its zip lies. */
const moduleOf = { "start-task": "launcher" } as const;
export type HandlerName = keyof typeof moduleOf;
export const handlerNames = Object.keys(moduleOf) as HandlerName[];

/** Path of a handler's committed zip, from the project's root. */
export const zipPath = (name: HandlerName): string => `modules/${moduleOf[name]}/${name}.zip`;

// Handlers hand their clients Lambda's credentials, so the SDK's default chain (SSO, metadata, files: a third of
// the bundle) is never asked.
const withoutCredentialChain: Plugin = {
  name: "without-credential-chain",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: "credential-provider-node",
      namespace: "stub",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents:
        'export const defaultProvider = () => async () => { throw new Error("no credentials were configured"); };',
    }));
  },
};

/** A handler as one CommonJS file. */
export const bundleHandler = async (name: HandlerName): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`handlers/${name}/index.ts`],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The packages' ES modules can be shaken, their CommonJS cannot: half the size, half the load time.
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    plugins: [withoutCredentialChain],
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0]!.contents;
};

/** A zip that is the same, byte for byte, wherever and whenever it is made. */
export const zipHandler = (code: Uint8Array): Uint8Array =>
  zipSync({
    "index.js": [
      code,
      // A zip holds local time: the same local time has the same bytes in every time zone.
      { level: 9, mtime: new Date(2000, 0, 1), os: 3, attrs: 0o644 << 16 },
    ],
  });

export type BundleSize = { rawBytes: number; gzBytes: number };
export const sizeOf = (code: Uint8Array): BundleSize => ({
  rawBytes: code.length,
  gzBytes: gzipSync(code, { level: 9 }).length,
});
