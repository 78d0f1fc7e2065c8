import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleHandler, handlerNames } from "../bundle/handler";
import type { Account, Answer, Attempt, Runtime } from "./account";
import { region } from "./account";

/** The command that starts the runtime of a function. */
type Program = {
  command: string[];
  cwd: string;
  /** Whether one process serves invocations that overlap. */
  overlaps: boolean;
};

/** Programs by function name. */
export type Programs = Readonly<Record<string, Program>>;

const python = (handler: string): Program => ({
  command: [join(process.cwd(), ".local-aws", "venv", "bin", "python"), "runtime.py", handler],
  cwd: join(__dirname, "usual"),
  overlaps: true,
});

/** The usual functions, run by the Python of local AWS, in which moto has installed boto3. */
export const usualPrograms: Programs = {
  "engine-starter": python("engine_starter.handler"),
  "engine-stopper": python("engine_stopper.handler"),
  "job-starter": python("job_starter.handler"),
  "queue-consumer": python("queue_consumer.handler"),
};

// Replaces Lambda's Node.js runtime: an invocation is a line on stdin, its result a line on file descriptor 3. Its clock is
// that of the account, which can be hours ahead.
const nodeRuntime = `
const { writeSync } = require("node:fs");
const { createInterface } = require("node:readline");
const realNow = Date.now;
let aheadMs = 0;
Date.now = () => realNow() + aheadMs;
const { handler } = require(process.argv[2]);
createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, event, now, timeoutMs, trace, ...context } = JSON.parse(line);
  aheadMs = now - realNow();
  const end = now + timeoutMs;
  context.getRemainingTimeInMillis = () => end - Date.now();
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  const answer = await handler(JSON.parse(event), context).then(
    (payload) => ({ failed: false, payload: JSON.stringify(payload) ?? "null" }),
    (error) => {
      console.error("ERROR Invoke Error", error.name);
      return { failed: true, payload: JSON.stringify({ errorType: error.name, errorMessage: error.message }) };
    },
  );
  writeSync(3, JSON.stringify({ id, ...answer }) + "\\n");
});
`;

/** Builds the functions of this project as their modules deploy them. */
export const createOurPrograms = async () => {
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  writeFileSync(join(folder, "runtime.js"), nodeRuntime);
  const program = async (name: (typeof handlerNames)[number]): Promise<[string, Program]> => {
    writeFileSync(join(folder, `${name}.js`), (await bundleHandler(name)).code);
    const command = [process.execPath, "runtime.js", `./${name}.js`];
    return [name, { command, cwd: folder, overlaps: false }];
  };
  const programs: Programs = Object.fromEntries(await Promise.all(handlerNames.map(program)));
  return { programs, remove: () => rmSync(folder, { recursive: true }) };
};

type Environment = { busy: number; run(attempt: Attempt, now: number): Promise<Answer>; child: ChildProcess };

/** Runs functions as separate processes that call the account over HTTP. The clock advances in real time meanwhile. */
export const processRuntime =
  (programs: Programs) =>
  async ({ clock, listen }: Pick<Account, "clock" | "listen">): Promise<Runtime> => {
    const endpoint = await listen();
    const lines: string[] = [];
    const environments = new Map<string, Environment[]>();

    const start = ({ command: [file = "", ...args], cwd }: Program, attempt: Attempt): Environment => {
      const child = spawn(file, args, {
        cwd,
        stdio: ["pipe", "pipe", "pipe", "pipe"],
        env: {
          PATH: process.env.PATH,
          PYTHONDONTWRITEBYTECODE: "1",
          AWS_ENDPOINT_URL: endpoint,
          AWS_ACCESS_KEY_ID: "local",
          AWS_SECRET_ACCESS_KEY: "local",
          AWS_REGION: region,
          AWS_DEFAULT_REGION: region,
          AWS_LAMBDA_FUNCTION_NAME: attempt.functionName,
          ...attempt.environment,
        },
      });
      for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output as Readable }).on("line", (line) => lines.push(line));
      }
      const waiting = new Map<number, (answer: Answer) => void>();
      createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
        const { id, payload, failed } = JSON.parse(line) as Answer & { id: number };
        waiting.get(id)?.({ payload, failed });
        waiting.delete(id);
      });
      child.once("close", (code) => {
        const payload = JSON.stringify({
          errorType: "Runtime.ExitError",
          errorMessage: `exit status ${code}`,
        });
        for (const answer of waiting.values()) answer({ payload, failed: true });
      });
      let ids = 0;
      const environment: Environment = {
        child,
        busy: 0,
        run: ({ functionName, requestId, invokedArn, event, timeoutMs, trace }, now) =>
          new Promise((resolve) => {
            const id = ++ids;
            waiting.set(id, resolve);
            const context = { awsRequestId: requestId, functionName, invokedFunctionArn: invokedArn };
            const request = { id, event, now, timeoutMs, trace, ...context };
            (child.stdin as Writable).write(`${JSON.stringify(request)}\n`);
          }),
      };
      return environment;
    };

    // The real time that the clock of the account has reached.
    let passed = Date.now();
    let running = 0;
    return {
      lines,
      async run(attempt) {
        const program = programs[attempt.functionName];
        if (program === undefined) throw new Error(`The function ${attempt.functionName} has no program.`);
        const all = environments.get(attempt.functionName) ?? [];
        environments.set(attempt.functionName, all);
        const idle = all.find(({ busy }) => program.overlaps || busy === 0);
        const environment = idle ?? start(program, attempt);
        if (!idle) all.push(environment);
        environment.busy++;
        if (running++ === 0) passed = Date.now();
        try {
          return await environment.run(attempt, clock.now().getTime());
        } finally {
          environment.busy--;
          running--;
        }
      },
      async advanceTime() {
        await sleep(5);
        const now = Date.now();
        await clock.advance(Math.max(0, now - passed));
        passed = now;
      },
      async stop() {
        const children = [...environments.values()].flat().map(({ child }) => child);
        await Promise.all(
          children.map((child) => {
            const closed = new Promise((resolve) => child.once("close", resolve));
            child.kill("SIGKILL");
            return child.exitCode === null && child.signalCode === null ? closed : undefined;
          }),
        );
      },
    };
  };
