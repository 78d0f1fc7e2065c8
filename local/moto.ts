import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { Agent, request as httpSend, type IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { AwsError } from "./aws-error";
import { hostEnvironment } from "./host-environment";
import type { HttpResponse } from "./http";
import type { Call } from "./routing";
import type { Upstream } from "./upstream";

// The server ends with the pipe to its parent, also if the parent is killed. It listens on a socket and not on a port,
// since moto answers every web page. moto would also deliver "CreateBucket" to rules, in a container of its own; events are
// delivered here.
const MAIN = `
import os, sys, threading
import moto.events.notifications
moto.events.notifications.send_notification = lambda *_, **__: None
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(["-H", "unix://" + sys.argv[1]])
`;

const START_LIMIT_MS = 60_000;

/** moto, the emulator of the control plane of all services. */
export class Moto implements Upstream {
  // One call at a time: moto iterates over collections that its other threads change, and answers 500 when they do.
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    private readonly server: ChildProcess,
    private readonly socketPath: string,
  ) {}

  /**
   * @param venv Python virtual environment with moto[server] in it
   * @param folder folder for its files, which no other user can read
   */
  static async start(venv: string, folder: string, log: (line: string) => void): Promise<Moto> {
    const python = join(venv, "bin", "python");
    if (!existsSync(python)) {
      throw new Error(
        `No Python at ${python}: local AWS needs a virtual environment with moto[server] at this path.`,
      );
    }
    const home = mkdtempSync(join(folder, "moto-"));
    const socketPath = join(home, "socket");
    const server = spawn(python, ["-c", MAIN, socketPath], {
      stdio: ["pipe", "ignore", "pipe"],
      env: { ...hostEnvironment(home), MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
      // Ctrl-C in the terminal must reach the parent only, which stops its children in order.
      detached: true,
    });
    let output = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
      for (const line of chunk.toString().split("\n"))
        if (/Traceback|Error\b/.test(line)) log(`moto: ${line}`);
    });
    const moto = new Moto(server, socketPath);
    try {
      await moto.waitUntilReady(() => output);
    } catch (error) {
      await moto.stop();
      throw error;
    }
    return moto;
  }

  async send(call: Call): Promise<HttpResponse> {
    const response = await this.exchange(call);
    // moto answers unsupported calls with status 500, which SDKs and Terraform retry for many minutes.
    if (response.status === 500 && /^<!doctype html/i.test(response.body.toString())) {
      throw new AwsError(
        "NotImplemented",
        `Local AWS does not have ${call.service}:${call.action}, or not with these parameters.`,
        501,
      );
    }
    return response;
  }

  private exchange({ account, request }: Call): Promise<HttpResponse> {
    const { connection: _, expect: __, "transfer-encoding": ___, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const sent = httpSend(
        {
          agent: this.agent,
          socketPath: this.socketPath,
          method: request.method,
          path: request.url,
          headers: { ...headers, "content-length": request.body.length, "x-moto-account-id": account },
        },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on("data", (chunk: Buffer) => chunks.push(chunk));
          reply.on("error", reject);
          reply.on("end", () => {
            resolve({
              status: reply.statusCode ?? 500,
              headers: withoutCors(reply.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      sent.on("error", reject);
      sent.end(request.body);
    });
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const exited = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGKILL");
    await exited;
  }

  private async waitUntilReady(output: () => string): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (Date.now() < end) {
      if (this.server.exitCode !== null) {
        throw new Error(`moto ended with exit code ${this.server.exitCode} at its start:\n${output()}`);
      }
      if (await this.answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`moto did not answer within ${START_LIMIT_MS / 1000} s:\n${output()}`);
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const { socketPath } = this;
      const probe = httpSend({ socketPath, path: "/moto-api/data.json" }, (reply) => {
        reply.resume();
        resolve(true);
      });
      probe.on("error", () => resolve(false));
      probe.end();
    });
  }
}

/** The headers of a response without CORS: moto allows every web page to read it. */
function withoutCors(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith("access-control-"));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
