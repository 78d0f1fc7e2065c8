#!/usr/bin/env node
import { Command } from "commander";
import { localCommand } from "../local/cli";
import { version } from "../package.json";
import { ensurePython } from "../scripts/setup/index.cjs";
import { bundleCommand } from "./bundle";
import { checkCommand } from "./check";
import { costCommand } from "./cost";
import { describeError } from "./describe-error";
import { explainMappingCommand } from "./explain-mapping";
import { lintMappingsCommand } from "./lint-mappings";
import { logsCommand } from "./logs";
import { redriveCommand } from "./redrive";
import { runsCommand } from "./runs";
import { scanCommand } from "./scan";
import { startCommand } from "./start";
import { statusCommand } from "./status";
import { stopCommand } from "./stop";
import { syncCommand } from "./sync";
import { verifyMirrorCommand } from "./verify-mirror";

// Without this, the SDK prints a notice about Node versions. package.json says which versions are supported.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// CI systems set a variable without a value to the empty string, which the SDK would take for a region.
for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"])
  if (process.env[name] === "") delete process.env[name];

const program = new Command("cdktf-event-driven-ecs")
  .description(
    "Operate a deployed launcher, on AWS or on local AWS; bundle handlers; check and price plans. Credentials, region and AWS_ENDPOINT_URL as for the AWS CLI.",
  )
  .version(version, "--version", "print the version")
  .addCommand(statusCommand)
  .addCommand(runsCommand)
  .addCommand(logsCommand)
  .addCommand(startCommand)
  .addCommand(stopCommand)
  .addCommand(syncCommand)
  .addCommand(redriveCommand)
  .addCommand(bundleCommand)
  .addCommand(checkCommand)
  .addCommand(costCommand)
  .addCommand(lintMappingsCommand)
  .addCommand(explainMappingCommand)
  .addCommand(scanCommand)
  .addCommand(verifyMirrorCommand)
  .addCommand(localCommand(ensurePython))
  .showHelpAfterError("(--help lists the commands and options)")
  .addHelpText(
    "after",
    "\nExits with 0 on success, with 1 if `status` finds a service that is out of sync, `check` a problem, `lint-mappings` an error, `scan` sensitive data, `verify-mirror` a failure of a client or `redrive` a letter that fails again, with 2 if a command fails.",
  );

for (const command of program.commands)
  command.showHelpAfterError(`(cdktf-event-driven-ecs ${command.name()} --help lists its options)`);
for (const command of [program, ...program.commands])
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 2;
});
