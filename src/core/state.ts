import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Construct } from "constructs";
import { ValidationError } from "./errors";

interface StateFile {
  readonly version?: number;
  readonly resources?: readonly {
    readonly module?: string;
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly index_key?: string | number; readonly deposed?: string }[];
  }[];
}

/**
 * Addresses of the resource instances in a state file, as `terraform state list` prints them.
 * @throws ValidationError when the file cannot be read or is no state file
 */
export function addressesInState(scope: Construct, path: string): string[] {
  const { version, resources = [] } = parse(scope, path);
  if (version !== 4) {
    throw new ValidationError(
      scope,
      `state is "${path}", whose version is ${version ?? "missing"}; give a state file of version 4, as "terraform state pull" prints it.`,
    );
  }
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module, type, name, instances }) =>
      instances
        .filter(({ deposed }) => deposed === undefined)
        .map(({ index_key }) => {
          const address = `${module === undefined ? "" : `${module}.`}${type}.${name}`;
          return index_key === undefined ? address : `${address}[${JSON.stringify(index_key)}]`;
        }),
    );
}

function parse(scope: Construct, path: string): StateFile {
  try {
    return JSON.parse(readFileSync(resolve(path), "utf8")) as StateFile;
  } catch (error) {
    throw new ValidationError(
      scope,
      `state is "${path}", which cannot be read as a state file: ${(error as Error).message}. Give the path of what "terraform state pull" prints.`,
    );
  }
}
