import { readdirSync, readFileSync } from "node:fs";
import { describeFileError } from "./describe-error";

/** Reads a file that the command line names. @throws Error that names the file */
export const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(describeFileError(error as NodeJS.ErrnoException, file));
  }
};

/** The names of what is in a folder that the command line names. @throws Error that names the folder */
export const listFolder = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Error(describeFileError(error as NodeJS.ErrnoException, folder));
  }
};

/** Reads a JSON file that the command line names. @throws Error that names the file */
export const readJson = (file: string): unknown => {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: expected JSON, found other text (${(error as Error).message}).`);
  }
};

/** Adds the name of the file to the errors of what reads its text. */
export const parseFile = <Result>(file: string, parse: (text: string) => Result): Result => {
  const text = readText(file);
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
};
