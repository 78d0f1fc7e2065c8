import { Command } from "commander";
import { lintMappings } from "../handlers/run-policy/mappings/lint-mappings";
import { type CommonOptions, formatCount, print } from "./options";
import { readPolicyFiles } from "./policy-files";
import { readText } from "./read-file";

type Options = Pick<CommonOptions, "json"> & { policies?: string };

export const lintMappingsCommand = new Command("lint-mappings")
  .description(
    "Check a mapping file of policies: its schema, entries that are never reached or match nothing, and policy files that are missing. Exits with 1 if there is an error; warnings alone exit with 0.",
  )
  .argument("<file>", "mapping file, for instance config/policy-mappings.json")
  .option("--policies <folder>", "folder of the policy files, to check that each is there")
  .option("--json", "print the result as one JSON object")
  .action((file: string, options: Options) => {
    const files = options.policies === undefined ? undefined : readPolicyFiles(options.policies);
    const messages = lintMappings(readText(file), files);
    const errors = messages.filter(({ level }) => level === "error").length;
    print(options, { file, errors, warnings: messages.length - errors, messages }, [
      ...messages.map(({ level, line, message }) => `${file}:${line}: ${level}: ${message}`),
      `${file}: ${formatCount(errors, "error")}, ${formatCount(messages.length - errors, "warning")}.`,
    ]);
    if (errors > 0) process.exitCode = 1;
  });
