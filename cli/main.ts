#!/usr/bin/env node
import { Command } from "commander";
import { localCommand } from "../local/cli";
import { ensurePython } from "../scripts/setup/index.cjs";
import { startCommand } from "./start";
import { statusCommand } from "./status";
import { stopCommand } from "./stop";
import { syncCommand } from "./sync";

// A notice of the SDK about versions of Node, before every answer; package.json says which ones do.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const program = new Command("cdktf-event-driven-ecs")
  .description(
    "Operate what is deployed, on AWS or on local AWS: credentials, region and AWS_ENDPOINT_URL as for the AWS CLI.",
  )
  .addCommand(statusCommand)
  .addCommand(startCommand)
  .addCommand(stopCommand)
  .addCommand(syncCommand)
  .addCommand(localCommand(ensurePython))
  .showHelpAfterError("(--help shows what there is)")
  .addHelpText(
    "after",
    "\nEnds with 0, with 1 when `status` finds what does not match, with 2 when a command cannot do what it should.",
  );

for (const command of [program, ...program.commands])
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
