import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { strToU8, type ZipOptions, zipSync } from "fflate";
import { licensesFile, thirdPartyLicenses } from "./licenses";

const root = join(__dirname, "../..");

/** Handler → module that contains its zip. */
const moduleOf = {
  "start-task": "launcher",
  "run-policy": "launcher",
  "register-targets": "registrar",
  scan: "systems/data-scanner",
  "list-objects": "systems/data-scanner",
  jobs: "systems/data-scanner",
  results: "systems/data-scanner",
  "migrate-database": "systems/data-scanner",
  "plan-sync": "systems/bottle-sync",
  "sync-bottles": "systems/bottle-sync",
} as const;
export type HandlerName = keyof typeof moduleOf;
export const handlerNames = Object.keys(moduleOf) as HandlerName[];

/** Path of a handler's committed zip, from the project's root. */
export const zipPath = (name: HandlerName): string => `modules/${moduleOf[name]}/${name}.zip`;

/**
 * Parts of the SDK that no handler uses, replaced because they would load at every cold start: the credential provider
 * chain (Lambda provides credentials in the environment), configuration files and instance metadata (Lambda has neither),
 * event streams (no operation here has them), web streams (requests and responses are none, and the mere check would load
 * them), hashing without Node's crypto, and the rate limiter of adaptive retries. Of a client's package.json only the
 * version is kept.
 */
const unreachable: Readonly<Record<string, string>> = {
  "@aws-sdk/credential-provider-node":
    'export const defaultProvider = () => async () => { throw new Error("no credentials were configured"); };',
  "./fromSharedConfigFiles":
    "export const fromSharedConfigFiles = () => async () => { throw { tryNextLink: true }; };",
  "./getInstanceMetadataRegion": "export const getInstanceMetadataRegion = async () => undefined;",
  "../config-resolver/regionConfig/getInstanceMetadataRegion":
    "export const getInstanceMetadataRegion = async () => undefined;",
  "@smithy/core/event-streams": "export {};",
  "./HeaderFormatter": "export class HeaderFormatter {}",
  "./middleware-retry/isStreamingPayload/isStreamingPayload":
    "export const isStreamingPayload = () => false;",
  "./stream-type-check": "export const isReadableStream = () => false; export const isBlob = () => false;",
  "./Sha256Js": "export class Sha256Js {}",
  "./DefaultRateLimiter": "export class DefaultRateLimiter {}",
  "./Md5Js": "export class Md5Js {}",
};

/** The errors that handlers distinguish by class or name. */
const distinguishedErrors = (): Set<string> => {
  const folder = join(root, "handlers");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const sources = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return new Set(sources.join().match(/\b[A-Z]\w+Exception\b/g));
};

// A client registers a class for every error of its service, most of which no call here can get. Without a class, an error is
// an instance of the service's general class with the error's name.
const withoutErrors = (schemas: string, kept: Set<string>): string =>
  schemas.replaceAll(/^\w+\.registerError\((\w+)\$, \1\);$/gm, (line, name: string) =>
    kept.has(name) || name.endsWith("ServiceException") ? line : "",
  );

// Regions are listed for their descriptions only: patterns map a region to its partition.
const withoutRegions = (partitions: string): string =>
  partitions.replaceAll(
    /"regions": \{(\s*"[\w-]+": \{\s*"description": "[^"]*"\s*\},?)*\s*\}/g,
    '"regions": {}',
  );

const withoutUnreachable: Plugin = {
  name: "without-unreachable",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@(aws-sdk|smithy)\/|^\.\.?\// }, ({ path }) =>
      Object.hasOwn(unreachable, path) ? { path, namespace: "unreachable", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unreachable" }, ({ path }) => ({ contents: unreachable[path] }));
    onLoad({ filter: /@aws-sdk.client-[^/\\]+.package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
    const kept = distinguishedErrors();
    onLoad({ filter: /@aws-sdk.client-[^/\\]+.dist-es.schemas.schemas_0\.js$/ }, ({ path }) => ({
      contents: withoutErrors(readFileSync(path, "utf8"), kept),
    }));
    onLoad({ filter: /util-endpoints.lib.aws.partitions\.js$/ }, ({ path }) => ({
      contents: withoutRegions(readFileSync(path, "utf8")),
    }));
  },
};

export type HandlerBundle = { code: Uint8Array; licenses: string };

/** A handler as one CommonJS file, and the licences of the packages in it. */
export const bundleHandler = async (name: HandlerName): Promise<HandlerBundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`handlers/${name}/index.ts`],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // ES modules can be tree-shaken, CommonJS cannot: half the size, half the load time.
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    supported: {
      // import() of a built-in runs its lazy getters, and that of node:http loads a second HTTP client.
      "dynamic-import": false,
      // V8 skips the body of a function until its first call, but not that of `a => b`, which costs a quarter of the time
      // to compile a bundle.
      arrow: false,
    },
    plugins: [withoutUnreachable],
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  return { code: outputFiles[0]!.contents, licenses: thirdPartyLicenses(metafile) };
};

/** Creates a reproducible zip: the same bundle gives the same bytes. */
export const zipHandler = ({ code, licenses }: HandlerBundle): Uint8Array => {
  // A zip has local time: the same local time gives the same bytes in every time zone.
  const options: ZipOptions = { level: 9, mtime: new Date(2000, 0, 1), os: 3, attrs: 0o644 << 16 };
  return zipSync({ "index.js": [code, options], [licensesFile]: [strToU8(licenses), options] });
};

export type BundleSize = { rawBytes: number; gzBytes: number };
/** Of the code alone: nothing loads the licences at a cold start. */
export const sizeOf = (code: Uint8Array): BundleSize => ({
  rawBytes: code.length,
  gzBytes: gzipSync(code, { level: 9 }).length,
});
