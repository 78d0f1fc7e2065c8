import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readHclFile, readJsonFile } from "./hcl";
import { type Members, SyntaxProblem } from "./literal";
import { SettingsError } from "./problem";

/**
 * Reads a file of names and literal values: JSON if its name ends with `.json`, else HCL.
 * @throws SettingsError with the file and line of a syntax error.
 */
export function readLiteralFile(path: string): Members {
  try {
    const text = readFileSync(path, "utf8");
    return path.endsWith(".json") ? readJsonFile(text) : readHclFile(text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw new SettingsError([`${basename(path)}:${error.line}: ${error.message}`]);
  }
}
