import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { PolicyFiles } from "../handlers/run-policy/mappings/lint-mappings";
import { readText } from "./read-file";

/**
 * The policy files of a folder by their key. The folder stands for the bucket or for a folder in it of its own name:
 * policies/s3.yml is a file of `policies` and of the folder above it.
 */
export const readPolicyFiles = (folder: string): PolicyFiles => {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`--policies is "${folder}"; it takes a folder.`);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.(ya?ml|json)$/.test(file));
  return new Map(
    files.flatMap((file) => {
      const text = readText(join(folder, file));
      return [file, `${basename(resolve(folder))}/${file}`].map((key) => [key, text] as const);
    }),
  );
};
