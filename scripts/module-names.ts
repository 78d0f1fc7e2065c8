import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "modules");

/** Every module by its folder in `modules/`, for instance `queue` or `systems/engine-starter`. */
export const moduleNames = (): string[] =>
  readdirSync(folder)
    .flatMap((name) =>
      existsSync(join(folder, name, "versions.tf"))
        ? [name]
        : readdirSync(join(folder, name)).map((within) => `${name}/${within}`),
    )
    .filter((name) => existsSync(join(folder, name, "versions.tf")))
    .sort();
