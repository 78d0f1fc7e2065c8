import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { zipSync } from "fflate";

const root = join(__dirname, "../..");

/** Each handler and the module beside which its zip lies. */
const moduleOf = { "start-task": "launcher", "register-targets": "registrar" } as const;
export type HandlerName = keyof typeof moduleOf;
export const handlerNames = Object.keys(moduleOf) as HandlerName[];

/** Path of a handler's committed zip, from the project's root. */
export const zipPath = (name: HandlerName): string => `modules/${moduleOf[name]}/${name}.zip`;

/**
 * Parts of the SDK that no handler reaches, replaced because they load at every cold start all the same:
 * the chain that searches credentials (Lambda gives them in the environment), streams of events (no operation used
 * here has one), hashing without Node's own crypto, the limiter of retries that are not standard, and all of
 * a client's package.json but its version.
 */
const unreachable: Readonly<Record<string, string>> = {
  "@aws-sdk/credential-provider-node":
    'export const defaultProvider = () => async () => { throw new Error("no credentials were configured"); };',
  "@smithy/core/event-streams": "export {};",
  "./Sha256Js": "export class Sha256Js {}",
  "./DefaultRateLimiter": "export class DefaultRateLimiter {}",
  "./Md5Js": "export class Md5Js {}",
};

/** The errors that handlers tell apart by class or name. */
const errorsTold = (): Set<string> => {
  const folder = join(root, "handlers");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const sources = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return new Set(sources.join().match(/\b[A-Z]\w+Exception\b/g));
};

// A client registers a class for every error of its service, most of which no call here can meet. Without one, an error is an
// instance of the service's general class, under the name that the service gives it.
const withoutErrors = (schemas: string, kept: Set<string>): string =>
  schemas.replaceAll(/^\w+\.registerError\((\w+)\$, \1\);$/gm, (line, name: string) =>
    kept.has(name) || name.endsWith("ServiceException") ? line : "",
  );

// The regions of a partition are there for their descriptions: patterns say which region is of which partition.
const withoutRegions = (partitions: string): string =>
  partitions.replaceAll(
    /"regions": \{(\s*"[\w-]+": \{\s*"description": "[^"]*"\s*\},?)*\s*\}/g,
    '"regions": {}',
  );

const withoutUnreachable: Plugin = {
  name: "without-unreachable",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@(aws-sdk|smithy)\/|^\.\/[A-Z]/ }, ({ path }) =>
      Object.hasOwn(unreachable, path) ? { path, namespace: "unreachable", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unreachable" }, ({ path }) => ({ contents: unreachable[path] }));
    onLoad({ filter: /@aws-sdk.client-[^/\\]+.package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
    const kept = errorsTold();
    onLoad({ filter: /@aws-sdk.client-[^/\\]+.dist-es.schemas.schemas_0\.js$/ }, ({ path }) => ({
      contents: withoutErrors(readFileSync(path, "utf8"), kept),
    }));
    onLoad({ filter: /util-endpoints.lib.aws.partitions\.js$/ }, ({ path }) => ({
      contents: withoutRegions(readFileSync(path, "utf8")),
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
    // import() of a built-in runs its lazy getters, which for node:http load a whole second HTTP client.
    supported: { "dynamic-import": false },
    plugins: [withoutUnreachable],
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
