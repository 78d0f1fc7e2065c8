import { Command } from "commander";
import { formatCount } from "../options";
import { checkFolder } from "./check-folder";

export const checkCommand = new Command("check")
  .description(
    "Find misspelled attributes in the module calls of Terraform roots (*.tf), which Terraform drops without a message, and moved blocks for task definitions, which can make a cycle. Exits with 1 if it finds one.",
  )
  .argument("[folders...]", "folders of the roots", ["."])
  .action((folders: string[]) => {
    const reports = folders.map(checkFolder);
    const problems = reports.flatMap((report) => report.problems);
    const checked = reports.reduce((sum, report) => sum + report.checked, 0);
    const found = problems.length === 0 ? "no problems" : formatCount(problems.length, "problem");
    process.stdout.write(
      [...problems, `${formatCount(checked, "module call")} checked: ${found}.`, ""].join("\n"),
    );
    if (problems.length > 0) process.exitCode = 1;
  });
