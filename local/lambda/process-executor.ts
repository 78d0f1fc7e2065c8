import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { unzipSync } from "fflate";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Credentials } from "../credentials";
import { hostEnvironment } from "../host-environment";
import type { RoleSession } from "../iam/authorization";
import type { LogStream, Logs } from "../logs";
import type { StartedClient } from "../rds";
import type { Watchdog } from "../watchdog";
import { Environment } from "./environment";
import { RUNNER_SOURCE } from "./runner-source";
import type { DeployedFunction, Executor, Invocation, Outcome } from "./types";

interface WarmEnvironment {
  environment: Environment;
  log: LogStream | undefined;
  accessKey: string;
  /** collects the log lines of the running attempt */
  tail: { text: string };
}

export interface ProcessExecutorOptions {
  clock: Clock;
  endpoint: () => string;
  credentials: Credentials;
  logs: Logs;
  /** Called when a function starts. */
  started(client: StartedClient): Promise<void>;
  /** Variables by which a process trusts the certificates of local AWS. */
  trust: Record<string, string>;
  watchdog: Pick<Watchdog, "folder" | "watch">;
  log(line: string): void;
}

const TAIL_LENGTH = 4096;

/** Runs functions as processes of this machine with their deployed code, environment, role and timeout. */
export class ProcessExecutor implements Executor {
  private readonly folder: string;
  private readonly runner: string;
  private readonly roots = new Map<string, string>();
  private readonly idle = new Map<string, WarmEnvironment[]>();
  private readonly all = new Set<WarmEnvironment>();
  private stopped = false;

  constructor(private readonly options: ProcessExecutorOptions) {
    this.folder = mkdtempSync(join(options.watchdog.folder, "functions-"));
    this.runner = join(this.folder, "runner.cjs");
    writeFileSync(this.runner, RUNNER_SOURCE);
  }

  async run(deployed: DeployedFunction, invocation: Invocation): Promise<Outcome> {
    const warm = this.takeIdle(deployed) ?? (await this.create(deployed));
    warm.tail.text = "";
    const line = (text: string) => logLine(warm, text);
    const started = Date.now();
    line(`START RequestId: ${invocation.requestId} Version: ${deployed.version}`);
    const { payload, failed } = await warm.environment.invoke(invocation);
    if (failed && !warm.environment.usable) line(JSON.parse(payload).errorMessage);
    line(`END RequestId: ${invocation.requestId}`);
    line(
      `REPORT RequestId: ${invocation.requestId}\tDuration: ${Date.now() - started} ms\tMemory Size: ${deployed.memoryMb} MB`,
    );
    await warm.log?.flush();
    const idle = this.stopped ? undefined : this.idle.get(keyOf(deployed));
    if (warm.environment.usable && idle) idle.push(warm);
    else await this.end(warm);
    return { payload, failed, logTail: warm.tail.text };
  }

  /** Kills the environment that uses this access key, if there is one. */
  async crash(accessKey: string): Promise<void> {
    for (const { environment, accessKey: key } of this.all) if (key === accessKey) await environment.kill();
  }

  /** Kills every environment and removes the unpacked code. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.all].map(({ environment }) => environment.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private takeIdle(deployed: DeployedFunction): WarmEnvironment | undefined {
    const key = keyOf(deployed);
    const waiting = this.idle.get(key) ?? [];
    this.idle.set(key, waiting);
    for (let warm = waiting.pop(); warm; warm = waiting.pop()) {
      if (warm.environment.usable) return warm;
      this.all.delete(warm);
    }
    return undefined;
  }

  private async create(deployed: DeployedFunction): Promise<WarmEnvironment> {
    const { clock, credentials, endpoint } = this.options;
    const { caller, logGroup, name } = deployed;
    const use = { service: "lambda.amazonaws.com", sourceArn: deployed.arn, sessionName: name };
    const roleVariables = await credentials
      .assumeRole(caller, deployed.roleArn, use)
      .catch((error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
        const message = "The role defined for the function cannot be assumed by Lambda.";
        throw new AwsError("AccessDeniedException", message, 403);
      });
    const day = clock.now().toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[${deployed.version}]${randomBytes(16).toString("hex")}`;
    const log = await this.openLog(deployed, logStream);
    const tail = { text: "" };
    const root = this.unpack(deployed);
    const environment = new Environment({
      deployed,
      root,
      runner: this.runner,
      clock: this.options.clock,
      logStream,
      log: (text) => logLine({ log, tail }, text),
      watch: (child) => this.options.watchdog.watch(child),
      variables: {
        ...hostEnvironment(`${root}-home`),
        LANG: "en_US.UTF-8",
        ...deployed.environment,
        ...roleVariables,
        ...this.options.trust,
        AWS_ENDPOINT_URL: endpoint(),
        AWS_REGION: caller.region,
        AWS_DEFAULT_REGION: caller.region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${deployed.runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: deployed.version,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMb),
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
        AWS_LAMBDA_LOG_STREAM_NAME: logStream,
        _HANDLER: deployed.handler,
      },
    });
    const warm = { environment, log, tail, accessKey: roleVariables.AWS_ACCESS_KEY_ID ?? "" };
    this.all.add(warm);
    const values = Object.values(deployed.environment);
    await this.options.started({ caller, name: `function ${name}`, network: deployed.network, values });
    await this.endOutdated(deployed);
    return warm;
  }

  /** Returns undefined if the role of the function is not allowed to write its log. The function runs without a log then. */
  private async openLog(deployed: DeployedFunction, name: string): Promise<LogStream | undefined> {
    const { logs, log } = this.options;
    const { caller, logGroup } = deployed;
    const role: RoleSession = { roleArn: deployed.roleArn, name: deployed.name, region: caller.region };
    try {
      if (!(await logs.groupExists(caller, logGroup))) await logs.createGroup(caller, logGroup, role);
      return await logs.openStream(caller, logGroup, name, role);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      log(`lambda: ${deployed.name} writes no log: ${error.message}`);
      return undefined;
    }
  }

  /** Ends the idle environments of older revisions of a function. */
  private async endOutdated(deployed: DeployedFunction): Promise<void> {
    for (const [key, environments] of this.idle) {
      if (key === keyOf(deployed) || !key.startsWith(`${deployed.arn} `)) continue;
      this.idle.delete(key);
      for (const warm of environments) await this.end(warm);
    }
  }

  private async end(warm: WarmEnvironment): Promise<void> {
    this.all.delete(warm);
    await warm.environment.kill();
  }

  private unpack({ zip }: DeployedFunction): string {
    const hash = createHash("sha256").update(zip).digest("hex");
    const known = this.roots.get(hash);
    if (known) return known;
    const root = join(this.folder, hash);
    mkdirSync(`${root}-home`, { recursive: true });
    for (const [name, content] of Object.entries(unzipSync(zip))) {
      const file = resolve(root, name);
      if (!file.startsWith(root + sep)) throw new Error(`The zip has an entry outside itself: ${name}`);
      if (name.endsWith("/")) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    this.roots.set(hash, root);
    return root;
  }
}

function keyOf({ arn, revision }: DeployedFunction): string {
  return `${arn} ${revision}`;
}

function logLine({ log, tail }: Pick<WarmEnvironment, "log" | "tail">, text: string): void {
  log?.write(text);
  tail.text = `${tail.text}${text}\n`.slice(-TAIL_LENGTH);
}
