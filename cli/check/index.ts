import { Command } from "commander";
import { formatCount } from "../options";
import { checkFolder } from "./check-folder";

export const checkCommand = new Command("check")
  .description(
    "Find misspelled attributes in the module calls of Terraform roots (*.tf): Terraform drops an attribute that the type of the input does not have, without a message. Exits with 1 if it finds one.",
  )
  .argument("[folders...]", "folders of the roots", ["."])
  .action((folders: string[]) => {
    const reports = folders.map(checkFolder);
    const problems = reports.flatMap((report) => report.problems);
    const checked = reports.reduce((sum, report) => sum + report.checked, 0);
    const found = problems.length === 0 ? "no unknown attributes" : formatCount(problems.length, "problem");
    process.stdout.write(
      [...problems, `${formatCount(checked, "module call")} checked: ${found}.`, ""].join("\n"),
    );
    if (problems.length > 0) process.exitCode = 1;
  });
