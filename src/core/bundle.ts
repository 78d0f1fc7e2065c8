import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { bundleEntry } from "./bundle-entry";
import { ValidationError } from "./errors";

const hashes = new Map<string, string>();

/** Base64 SHA-256 of a file, as `source_code_hash` of a Lambda function takes it. */
export function base64Sha256(path: string): string {
  const hash = hashes.get(path) ?? createHash("sha256").update(readFileSync(path)).digest("base64");
  hashes.set(path, hash);
  return hash;
}

/** Path of a bundle in the folder of a module, from the sources and from the built package. */
export function moduleBundle(module: string, file: string): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, "modules", module, file);
    if (existsSync(path)) return path;
    if (folder === dirname(folder))
      throw new Error(`No folder above ${__dirname} has modules/${module}/${file}`);
  }
}

/** Path of a bundle in the assets of the stack. All functions with the same bundle share one asset. */
export function bundleAsset(scope: Construct, path: string): string {
  const stack = TerraformStack.of(scope);
  const hash = Buffer.from(base64Sha256(path), "base64").toString("hex").slice(0, 12);
  const id = `${basename(path, ".zip")}-${hash}`;
  const asset =
    (stack.node.tryFindChild(id) as TerraformAsset | undefined) ??
    new TerraformAsset(stack, id, { path, type: AssetType.FILE });
  return asset.path;
}

const bundledEntries = new Map<string, string>();

/**
 * Path of the zip of a bundled handler, in a temporary folder until the process ends. Each entry is bundled once.
 * @throws ValidationError when it cannot be bundled
 */
export function bundledEntry(scope: Construct, entry: string, nodeVersion: string): string {
  const key = JSON.stringify([resolve(entry), nodeVersion]);
  const known = bundledEntries.get(key);
  if (known !== undefined) return known;
  try {
    const { name, zip } = bundleEntry(entry, nodeVersion);
    const folder = mkdtempSync(join(tmpdir(), "cdktf-event-driven-ecs-"));
    // Assets are copied at synthesis.
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, `${name}.zip`);
    writeFileSync(path, zip);
    bundledEntries.set(key, path);
    return path;
  } catch (error) {
    throw new ValidationError(scope, `entry is "${entry}"; ${(error as Error).message}`);
  }
}
