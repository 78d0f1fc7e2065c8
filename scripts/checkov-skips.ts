import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleNames } from "./module-names";

/** A checkov finding that is skipped with a reason, in a comment on the resource in the module. */
export interface Skip {
  readonly module: string;
  /** Address in the module, for instance `aws_s3_bucket.this`. */
  readonly resource: string;
  /** checkov's id of the check, for instance `CKV_AWS_144`. */
  readonly check: string;
  readonly reason: string;
}

const modules = join(__dirname, "..", "modules");
const line = /^resource "(\w+)" "(\w+)"|^ *#checkov:skip=(\w+):(.*)$/gm;

/** All skips in the modules. Like checkov, it reads the comments within a resource. */
export function checkovSkips(): Skip[] {
  return moduleNames().flatMap((module) =>
    filesOf(module).flatMap((file) => skipsIn(module, readFileSync(file, "utf8"))),
  );
}

function filesOf(module: string): string[] {
  const folder = join(modules, module);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".tf"))
    .map((file) => join(folder, file));
}

function skipsIn(module: string, hcl: string): Skip[] {
  const skips: Skip[] = [];
  let resource = "";
  for (const [, type, name, check, reason] of hcl.matchAll(line)) {
    if (check === undefined) resource = `${type}.${name}`;
    else skips.push({ module, resource, check, reason: reason!.trim() });
  }
  return skips;
}
