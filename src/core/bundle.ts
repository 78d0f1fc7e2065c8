import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const hashes = new Map<string, string>();

/** Base64 SHA-256 of a file: the form in which Lambda and `source_code_hash` tell whether code has changed. */
export function base64Sha256(path: string): string {
  const hash = hashes.get(path) ?? createHash("sha256").update(readFileSync(path)).digest("base64");
  hashes.set(path, hash);
  return hash;
}

/** Path of a bundle that lies beside the module of the same name, from the sources as from the built package. */
export function moduleBundle(module: string, file: string): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, "modules", module, file);
    if (existsSync(path)) return path;
    if (folder === dirname(folder))
      throw new Error(`No folder above ${__dirname} holds modules/${module}/${file}`);
  }
}

/** Path of a bundle among the assets of the stack, where it lies once, however many functions run it. */
export function bundleAsset(scope: Construct, path: string): string {
  const stack = TerraformStack.of(scope);
  const hash = Buffer.from(base64Sha256(path), "base64").toString("hex").slice(0, 12);
  const id = `${basename(path, ".zip")}-${hash}`;
  const asset =
    (stack.node.tryFindChild(id) as TerraformAsset | undefined) ??
    new TerraformAsset(stack, id, { path, type: AssetType.FILE });
  return asset.path;
}
