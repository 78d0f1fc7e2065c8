import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundleHandler } from "../bundle/handler";
import type { Stage } from "./stage";

const waitLimitSeconds = "10";

/** What a function made of an event: what it returned, or the name of the error that it threw. */
export type Answer = { returned: string } | { raised: string };

/** Runs a function once, in a process of its own. */
export type Handler = (event: unknown, stage: Stage) => Promise<Answer>;

const run = async (command: string[], env: NodeJS.ProcessEnv): Promise<string> => {
  const [file = "", ...args] = command;
  const { stdout } = await promisify(execFile)(file, args, { env: { PATH: process.env.PATH, ...env } });
  return stdout;
};

const answerIn = (output: string): Answer => {
  const raised = /^raised (.+)$/m.exec(output)?.[1];
  if (raised !== undefined) return { raised };
  const result = JSON.parse(/^result (.+)$/m.exec(output)?.[1] ?? "null") as { statusCode?: number };
  return { returned: String(result.statusCode) };
};

/** The Python function, by the Python that local AWS has (its moto brings boto3). */
export const there: Handler = async (event, { environment, route, targetGroup }) => {
  const output = await run(
    [
      join(".local-aws", "venv", "bin", "python"),
      join(__dirname, "engine_starter.py"),
      JSON.stringify(event),
    ],
    {
      ...environment,
      SERVICES: JSON.stringify({ auth: { ...route, targetGroup } }),
      TASK_WAIT_TIMEOUT: waitLimitSeconds,
    },
  );
  return answerIn(output);
};

/**
 * Our function, as its module deploys it.
 * @param folder where its code may lie
 */
export const createHere = async (folder: string): Promise<Handler> => {
  writeFileSync(join(folder, "index.js"), await bundleHandler("start-task"));
  const runner = join(folder, "run.js");
  writeFileSync(
    runner,
    `const context = { awsRequestId: "1", functionName: "start-task", invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:start-task", getRemainingTimeInMillis: () => 60_000 };
require("./index.js").handler(JSON.parse(process.argv[2]), context).then(
  (result) => console.log("result " + JSON.stringify(result)),
  (error) => console.log("raised " + error.name),
).then(() => process.exit(0));`,
  );
  return async (event, { environment, route, targetGroup, deadLetterQueueUrl }) => {
    const routes = { auth: { ...route, securityGroups: [], targetGroup, targetType: "ip" } };
    const output = await run([process.execPath, runner, JSON.stringify(event)], {
      ...environment,
      ROUTES: gzipSync(JSON.stringify(routes)).toString("base64"),
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
      PAYLOAD_BUCKET: "payloads",
      TASK_WAIT_TIMEOUT: waitLimitSeconds,
    });
    return answerIn(output);
  };
};
