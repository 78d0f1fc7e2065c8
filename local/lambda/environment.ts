import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Clock } from "../clock";
import { killGroup } from "../kill-group";
import { lineSplitter } from "../logs";
import type { DeployedFunction, FunctionError, Invocation } from "./types";

type Message =
  | { type: "ready" }
  | { type: "init-error"; error: FunctionError }
  | { type: "result"; payload: string }
  | { type: "error"; error: FunctionError };

export interface Attempt {
  payload: string;
  failed: boolean;
}

export interface EnvironmentOptions {
  deployed: DeployedFunction;
  /** folder of the unpacked zip */
  root: string;
  runner: string;
  variables: Record<string, string>;
  logStream: string;
  /** The time that the function sees. */
  clock: Clock;
  log(line: string): void;
  /** ends the process when local AWS ends */
  watch(child: ChildProcess): void;
}

/** One execution environment: a process that serves one invocation at a time. */
export class Environment {
  private readonly process: ChildProcess;
  private readonly ended: Promise<string>;
  private alive = true;

  constructor(private readonly options: EnvironmentOptions) {
    const { deployed, root, runner, variables } = options;
    this.process = spawn(
      process.execPath,
      [`--max-old-space-size=${heapMb(deployed)}`, runner, root, deployed.handler],
      {
        cwd: root,
        env: { ...variables, LAMBDA_TASK_ROOT: root, LAMBDA_RUNTIME_DIR: join(root, ".."), TZ: ":UTC" },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true,
      },
    );
    options.watch(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      const lines = lineSplitter((line) => options.log(line));
      stream?.setEncoding("utf8").on("data", lines.push).on("end", lines.end);
    }
    this.ended = new Promise((resolve) => {
      this.process.once("error", (error) => resolve(error.message));
      this.process.once("exit", (code, signal) =>
        resolve(code === null ? `signal: ${signal}` : `exit status ${code}`),
      );
    });
    void this.ended.then(() => {
      this.alive = false;
    });
  }

  get usable(): boolean {
    return this.alive;
  }

  /** Runs one attempt. An environment that timed out or crashed is not usable afterwards. */
  async invoke({ requestId, event, invokedArn, trace }: Invocation): Promise<Attempt> {
    const { deployed, logStream } = this.options;
    const limitMs = deployed.timeoutSeconds * 1000;
    const answered = this.nextAnswer();
    this.process.send({
      event,
      trace,
      deadline: Date.now() + limitMs,
      skew: this.options.clock.now().getTime() - Date.now(),
      context: {
        awsRequestId: requestId,
        functionName: deployed.name,
        functionVersion: deployed.version,
        invokedFunctionArn: invokedArn,
        memoryLimitInMB: String(deployed.memoryMb),
        logGroupName: deployed.logGroup,
        logStreamName: logStream,
      },
    });
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<"timeout">((resolve) => {
      // Real time, also with a virtual clock: the process runs in real time.
      timer = setTimeout(() => resolve("timeout"), limitMs);
    });
    const first = await Promise.race([answered, timedOut, this.ended]);
    clearTimeout(timer);
    if (typeof first === "object") {
      // The next invocation loads the code again in a new environment.
      if (first.type === "init-error") await this.kill();
      return attempt(first);
    }
    await this.kill();
    const message =
      first === "timeout"
        ? `Task timed out after ${deployed.timeoutSeconds.toFixed(2)} seconds`
        : `Runtime exited with error: ${first}`;
    return attempt({
      type: "error",
      error: {
        errorType: first === "timeout" ? "Sandbox.Timedout" : "Runtime.ExitError",
        errorMessage: `RequestId: ${requestId} Error: ${message}`,
      },
    });
  }

  async kill(): Promise<void> {
    this.alive = false;
    killGroup(this.process, "SIGKILL");
    await this.ended;
  }

  private nextAnswer(): Promise<Exclude<Message, { type: "ready" }>> {
    return new Promise((resolve) => {
      const listen = (message: Message) => {
        if (message.type === "ready") return;
        this.process.off("message", listen);
        resolve(message);
      };
      this.process.on("message", listen);
    });
  }
}

function attempt(message: Exclude<Message, { type: "ready" }>): Attempt {
  if (message.type === "result") return { payload: message.payload, failed: false };
  return { payload: JSON.stringify(message.error), failed: true };
}

// A function has less heap than memory. Below 64 MB Node.js does not start.
function heapMb({ memoryMb }: DeployedFunction): number {
  return Math.max(64, Math.floor(memoryMb * 0.9));
}
