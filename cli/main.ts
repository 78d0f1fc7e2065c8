#!/usr/bin/env node
import { Command } from "commander";
import { localCommand } from "../local/cli";
import { ensurePython } from "../scripts/setup/index.cjs";
import { startCommand } from "./start";
import { statusCommand } from "./status";
import { stopCommand } from "./stop";
import { syncCommand } from "./sync";

const program = new Command("cdktf-event-driven-ecs")
  .description(
    "Operate what is deployed, on AWS or on local AWS: credentials, region and AWS_ENDPOINT_URL as for the AWS CLI.",
  )
  .addCommand(statusCommand)
  .addCommand(startCommand)
  .addCommand(stopCommand)
  .addCommand(syncCommand)
  .addCommand(localCommand(ensurePython))
  .showHelpAfterError("(--help shows what there is)");

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  // 1 is for what does not match.
  process.exitCode = 2;
});
