import { LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { findDeployment } from "./deployment";
import { invoke } from "./invoke";
import { type CommonOptions, withCommonOptions } from "./options";
import { registrarOf } from "./registrar";

export const syncCommand = withCommonOptions(
  new Command("sync").description("Make every target group equal to the running tasks, now."),
).action(async ({ name, json }: CommonOptions) => {
  const lambda = new LambdaClient();
  const outcome = await invoke(lambda, registrarOf(await findDeployment(lambda, name)), {
    "detail-type": "Sweep",
  });
  process.stdout.write(`${json ? JSON.stringify(outcome) : JSON.stringify(outcome, null, 2)}\n`);
});
