import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

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
