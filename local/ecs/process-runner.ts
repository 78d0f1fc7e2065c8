import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { AwsError } from "../aws-error";
import type { Credentials } from "../credentials";
import { findFreePort } from "../free-port";
import { hostEnvironment } from "../host-environment";
import type { Authorization } from "../iam/authorization";
import { killGroup } from "../kill-group";
import { type LogStream, type Logs, lineSplitter } from "../logs";
import { messageOf } from "../message-of";
import type { StartedClient } from "../rds";
import type { Caller } from "../routing";
import { askJson, type Upstream } from "../upstream";
import type { Watchdog } from "../watchdog";
import { agentPath } from "./agent-endpoint";
import { ExecutionRole, unableToAssume } from "./execution-role";
import { mountVolumes } from "./mount-volumes";
import type { ContainerExit, ContainerRun, RunningContainer, TaskRunner } from "./task-runner";

export interface ProcessRunnerOptions {
  /** Image, in which `*` matches any characters → shell command that runs in place of its entry point. */
  images: Record<string, string>;
  endpoint: () => string;
  authorization: Authorization;
  credentials: Credentials;
  logs: Logs;
  upstream: Upstream;
  /** Called when a container starts. */
  started(client: StartedClient): Promise<void>;
  /** Variables by which a process trusts the certificates of local AWS. */
  trust: Record<string, string>;
  watchdog: Pick<Watchdog, "folder" | "watch">;
}

// The command starts only after the watchdog watches its process. If local AWS is killed before, `read` ends with the pipe.
const ONCE_WATCHED = "read -r _ <&3 || exit; exec 3<&-;";

/** Runs containers as processes on this machine. */
export class ProcessRunner implements TaskRunner {
  private readonly running = new Map<ChildProcess, Promise<ContainerExit>>();
  private stopped = false;

  constructor(private readonly options: ProcessRunnerOptions) {}

  /** Kills every process. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const child of this.running.keys()) killGroup(child, "SIGKILL");
    await Promise.all(this.running.values());
  }

  async start(run: ContainerRun): Promise<RunningContainer> {
    const { container } = run;
    const role = new ExecutionRole(this.options.authorization, run);
    await role.assume();
    await role.pullImage();
    await mountVolumes(this.options.authorization, run);
    const command = this.commandOf(container.image);
    const localPort = container.portMappings?.length ? await findFreePort() : undefined;
    const deployed = await this.environment(run, role, localPort);
    await this.checkNetwork(run);
    const log = await this.openLog(run, role);
    const { watchdog } = this.options;
    const home = mkdtempSync(join(watchdog.folder, "task-"));
    const child = spawn(
      "/bin/sh",
      ["-c", `${ONCE_WATCHED} exec ${command} "$@"`, "sh", ...(container.command ?? [])],
      {
        env: { ...hostEnvironment(home), ...deployed },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
        detached: true,
      },
    );
    watchdog.watch(child);
    const watched = child.stdio[3] as Writable;
    watched.on("error", () => {}).end("yes\n");
    for (const stream of [child.stdout, child.stderr]) {
      const lines = lineSplitter((line) => log?.write(line));
      stream?.setEncoding("utf8").on("data", lines.push).on("end", lines.end);
    }
    const exited = exitOf(child, log);
    this.running.set(child, exited);
    void exited.then(() => {
      this.running.delete(child);
      // If this fails, `Watchdog.stop` removes the folder.
      return rm(home, { recursive: true, force: true }).catch(() => {});
    });
    // Local AWS was stopped while this container was being prepared.
    if (this.stopped) killGroup(child, "SIGKILL");
    return { exited, localPort, stop: (forceful) => killGroup(child, forceful ? "SIGKILL" : "SIGTERM") };
  }

  private checkNetwork({ caller, container, network, taskArn }: ContainerRun): Promise<void> {
    const values = [
      ...(container.environment ?? []).map(({ value }) => value ?? ""),
      ...(container.secrets ?? []).map(({ valueFrom }) => valueFrom),
    ];
    return this.options.started({ caller, name: `task ${taskArn}`, network, values });
  }

  private commandOf(image: string): string {
    const { images } = this.options;
    const found = Object.entries(images).find(([pattern]) => matches(pattern, image));
    if (found) return found[1];
    const known = Object.keys(images).join(", ") || "none";
    throw new Error(
      `CannotPullContainerError: local AWS has no command for image ${image}; images with a command: ${known}`,
    );
  }

  private async environment(
    { caller, container, taskArn, taskRoleArn }: ContainerRun,
    role: ExecutionRole,
    localPort: number | undefined,
  ): Promise<NodeJS.ProcessEnv> {
    const deployed = (container.environment ?? []).map(({ name, value }) => [name, value]);
    const secrets = (container.secrets ?? []).map(async ({ name, valueFrom }) => {
      await role.readSecret(this.options.upstream, valueFrom);
      return [name, await this.secret(caller, valueFrom)];
    });
    return {
      ...Object.fromEntries(deployed),
      ...Object.fromEntries(await Promise.all(secrets)),
      ...(taskRoleArn ? await this.credentials(caller, taskRoleArn, taskArn) : {}),
      // On AWS each task has its own ports. Processes on one machine share them.
      ...(localPort === undefined ? {} : { PORT: String(localPort) }),
      ...this.options.trust,
      AWS_ENDPOINT_URL: this.options.endpoint(),
      AWS_REGION: caller.region,
      AWS_DEFAULT_REGION: caller.region,
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
      ECS_AGENT_URI: `${this.options.endpoint()}${agentPath(taskArn)}`,
    };
  }

  private credentials(caller: Caller, roleArn: string, taskArn: string): Promise<Record<string, string>> {
    const sessionName = taskArn.split("/").pop() ?? "";
    const use = { service: "ecs-tasks.amazonaws.com", sourceArn: taskArn, sessionName };
    return this.options.credentials.assumeRole(caller, roleArn, use).catch((error: unknown) => {
      throw error instanceof AwsError ? new Error(unableToAssume(roleArn)) : error;
    });
  }

  /** @param valueFrom ARN of a secret (optionally with a JSON key) or parameter, or the name of a parameter */
  private async secret(caller: Caller, valueFrom: string): Promise<string> {
    const { upstream } = this.options;
    try {
      if (!valueFrom.startsWith("arn:") || valueFrom.split(":")[2] === "ssm") {
        const Name = valueFrom.replace(/^.*:parameter/, "");
        const input = { Name, WithDecryption: true };
        const { Parameter } = await askJson<{ Parameter: { Value: string } }>(
          upstream,
          caller,
          "ssm",
          "GetParameter",
          input,
        );
        return Parameter.Value;
      }
      const parts = valueFrom.split(":");
      const SecretId = parts.slice(0, 7).join(":");
      const { SecretString } = await askJson<{ SecretString: string }>(
        upstream,
        caller,
        "secretsmanager",
        "GetSecretValue",
        {
          SecretId,
        },
      );
      return parts[7]
        ? String((JSON.parse(SecretString) as Record<string, unknown>)[parts[7]])
        : SecretString;
    } catch (error) {
      const reason = messageOf(error);
      throw new Error(
        `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret ${valueFrom}: ${reason}`,
      );
    }
  }

  private async openLog(
    { caller, container, taskArn }: ContainerRun,
    { session }: ExecutionRole,
  ): Promise<LogStream | undefined> {
    const { logDriver, options = {} } = container.logConfiguration ?? {};
    const group = options["awslogs-group"];
    if (logDriver !== "awslogs" || !group) return undefined;
    const { logs } = this.options;
    const name = [options["awslogs-stream-prefix"], container.name, taskArn.split("/").pop()]
      .filter(Boolean)
      .join("/");
    try {
      if (options["awslogs-create-group"] === "true" && !(await logs.groupExists(caller, group))) {
        await logs.createGroup(caller, group, session);
      }
      return await logs.openStream(caller, group, name, session);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new Error(
        `ResourceInitializationError: failed to validate logger args: ${error.code}: ${error.message}`,
      );
    }
  }
}

function matches(pattern: string, image: string): boolean {
  const source = pattern.split("*").map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(image);
}

function exitOf(child: ChildProcess, log: LogStream | undefined): Promise<ContainerExit> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      log?.write(error.message);
      resolve({ exitCode: 1 });
    });
    // "close" comes after the last output, "exit" may come before it.
    child.once("close", async (code, name) => {
      await log?.flush();
      resolve({ exitCode: code ?? 128 + (name ? constants.signals[name] : 0) });
    });
  });
}
