import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent, request as httpSend } from "node:http";
import { join } from "node:path";
import { AwsError } from "./aws-error";
import { freePort } from "./free-port";
import type { HttpResponse } from "./http";
import type { Call } from "./routing";
import type { Upstream } from "./upstream";

// The server ends with the pipe to its parent, so that it ends however the parent ends.
const MAIN = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
`;

const START_LIMIT_MS = 60_000;

/** moto, the emulator that keeps the control plane of every service. */
export class Moto implements Upstream {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(
    private readonly server: ChildProcess,
    private readonly port: number,
  ) {}

  /** @param venv Python virtual environment with moto[server] in it */
  static async start(venv: string, log: (line: string) => void): Promise<Moto> {
    const python = join(venv, "bin", "python");
    if (!existsSync(python)) {
      throw new Error(
        `No Python at ${python}: local AWS needs a virtual environment with moto[server] there.`,
      );
    }
    const port = await freePort();
    const server = spawn(python, ["-c", MAIN, String(port)], {
      stdio: ["pipe", "ignore", "pipe"],
      env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
      // A Ctrl-C in the terminal is for the parent, which stops its children in order.
      detached: true,
    });
    let said = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk).slice(-4000);
      for (const line of chunk.toString().split("\n"))
        if (/Traceback|Error\b/.test(line)) log(`moto: ${line}`);
    });
    const moto = new Moto(server, port);
    try {
      await moto.untilItAnswers(() => said);
    } catch (error) {
      await moto.stop();
      throw error;
    }
    return moto;
  }

  async send(call: Call): Promise<HttpResponse> {
    const response = await this.exchange(call);
    // moto answers what it does not have with status 500, which SDKs and Terraform retry for many minutes.
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
          host: "127.0.0.1",
          port: this.port,
          method: request.method,
          path: request.url,
          headers: { ...headers, "content-length": request.body.length, "x-moto-account-id": account },
        },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on("data", (chunk: Buffer) => chunks.push(chunk));
          reply.on("error", reject);
          reply.on("end", () => {
            const replied = Object.entries(reply.headers).map(([name, value]) => [name, String(value)]);
            resolve({
              status: reply.statusCode ?? 500,
              headers: Object.fromEntries(replied),
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

  private async untilItAnswers(said: () => string): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (Date.now() < end) {
      if (this.server.exitCode !== null) {
        throw new Error(`moto ended with exit code ${this.server.exitCode} at its start:\n${said()}`);
      }
      if (await this.answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`moto did not answer within ${START_LIMIT_MS / 1000} s:\n${said()}`);
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const probe = httpSend({ host: "127.0.0.1", port: this.port, path: "/moto-api/data.json" }, (reply) => {
        reply.resume();
        resolve(true);
      });
      probe.on("error", () => resolve(false));
      probe.end();
    });
  }
}
