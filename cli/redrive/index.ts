import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Command } from "commander";
import { createBucket } from "../../handlers/shared/bucket";
import { createQueueClients, type DeadLetterQueue, findDeadLetterQueues } from "../dead-letters/find-queues";
import { holdLetters } from "../dead-letters/held-letters";
import { findLauncher } from "../deployment";
import { addCommonOptions, type CommonOptions, formatCount, print } from "../options";
import { formatRedriven, toJsonResult } from "./format";
import { isBad } from "./outcome";
import { redrive } from "./redrive";

type Options = CommonOptions & { reason?: string; dryRun?: boolean };

export const redriveCommand = addCommonOptions(
  new Command("redrive")
    .description(
      "Send the dead letters of a launcher to its functions again, and say what becomes of each: its task runs, it is a dead letter again, or it still waits after two minutes. Exits with 1 if one fails again.",
    )
    .option(
      "--reason <reason>",
      "only letters with this code, such as TaskFailed, or with this text in their reason",
    )
    .option("--dry-run", "show the letters, and send none"),
).action(async (options: Options) => {
  const clients = createQueueClients();
  const { lambda, sqs } = clients;
  const { name, region } = await findLauncher(lambda, options.name);
  const held = holdLetters(sqs, await findDeadLetterQueues(clients, name), createBuckets(lambda, region));
  const interrupt = () => void held.release().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);

  const parts = {
    lambda,
    ecs: new ECSClient(),
    logs: new CloudWatchLogsClient(),
    held,
    now: Date.now,
    sleep,
  };
  const result = await redrive(parts, {
    ...options,
    onSent: (count) =>
      process.stderr.write(`${formatCount(count, "letter")} sent; waiting for what becomes of them …\n`),
  });
  print(options, toJsonResult(name, result), formatRedriven(name, result, options));
  if (result.letters.some(({ outcome }) => isBad(outcome))) process.exitCode = 1;
});

/** The payload buckets of the functions, as the functions read them. */
const createBuckets = ({ config }: LambdaClient, region: string) => {
  const requestHandler = new NodeHttpHandler();
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return ({ function: { payloadBucket } }: DeadLetterQueue) =>
    payloadBucket === undefined
      ? undefined
      : createBucket(payloadBucket, {
          region,
          credentials: config.credentials,
          requestHandler,
          ...(endpoint && { endpoint }),
        });
};
