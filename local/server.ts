import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AwsError, CallerCrash, ConnectionReset } from "./aws-error";
import { type Clock, VirtualClock } from "./clock";
import type { Core } from "./core";
import type { Faults } from "./faults";
import { checkReadable, errorResponse, type HttpRequest, type HttpResponse, httpRequest } from "./http";
import { messageOf } from "./message-of";
import { refusedControl, refusedHost, refusedPage, refusedSignature } from "./request-guard";
import { credentialOf } from "./routing";

export interface ServerOptions {
  core: Core;
  clock: Clock;
  faults: Faults;
  log(line: string): void;
}

// A page may send as many requests as it likes, and must not fill the log.
const MOST_REASONS = 50;

// SDKs wait up to 20 seconds before a retry. Node's 5 seconds would close the connection beneath it, and the retry that
// is lost with it counts as one.
const KEEP_ALIVE_MS = 60_000;

/** The endpoint: HTTP around a core that knows none. */
export class LocalServer {
  private readonly server: Server;
  /** why requests were refused, each told once */
  private readonly told = new Set<string>();

  constructor(private readonly options: ServerOptions) {
    this.server = createServer((incoming, outgoing) => void this.answer(incoming, outgoing));
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  /** Resolves with the port, which differs from the one asked for when that is 0. Rejects when it is in use. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "EADDRINUSE"
            ? new Error(
                `Port ${port} is in use on 127.0.0.1, perhaps by another local AWS: stop what listens there, or choose another port with --port.`,
              )
            : error,
        ),
      );
      this.server.listen(port, "127.0.0.1", () => {
        const address = this.server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { core, log } = this.options;
    const head = headOf(incoming);
    try {
      const refused = refusedHost(head.headers.host, (name) => core.restApis.hasDomain(name));
      if (refused) throw this.refusal(head, refused);
      if (await core.loadBalancing.serve(incoming, outgoing)) return;
      write(outgoing, await this.respond(head, incoming), incoming.method);
    } catch (error) {
      if (error instanceof ConnectionReset || error instanceof CallerCrash) {
        incoming.socket.destroy();
        return;
      }
      // The client left before its request was here: nobody is there to be answered.
      if (incoming.errored) return;
      if (error instanceof AwsError) {
        write(outgoing, errorResponse(credentialOf(head).service, error), incoming.method);
        return;
      }
      log(`${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : String(error)}`);
      write(outgoing, plain(500, { message: String(error) }), incoming.method);
    }
  }

  /** Whatever is not for a load balancer. Throws AwsError when it is refused. */
  private async respond(head: HttpRequest, incoming: IncomingMessage): Promise<HttpResponse> {
    const { core } = this.options;
    // The user's own site, which answers web pages as it was deployed.
    if (core.restApis.isFor(head)) {
      checkReadable("", head);
      return core.handle(await withBody(head, incoming));
    }
    const isControl = head.path.startsWith("/_local/");
    const refused = refusedPage(head) ?? (isControl ? refusedControl(head) : refusedSignature(head));
    if (refused) throw this.refusal(head, refused);
    const request = await withBody(head, incoming);
    if (isControl) return control(request, this.options);
    checkReadable(credentialOf(head).service, request);
    return core.handle(request);
  }

  /** A page cannot read the answer, so whoever wrote it finds the reason in the log. */
  private refusal({ method, path }: HttpRequest, reason: string): AwsError {
    if (!this.told.has(reason) && this.told.size < MOST_REASONS) {
      this.told.add(reason);
      this.options.log(`refused ${method} ${path.slice(0, 200)}: ${reason}`);
    }
    return new AwsError("AccessDenied", `Local AWS refuses this request: ${reason}.`, 403);
  }
}

/** The request without its body, which may still be on its way. */
function headOf(incoming: IncomingMessage): HttpRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return httpRequest(
    incoming.method ?? "GET",
    incoming.url ?? "/",
    Object.fromEntries(headers) as Record<string, string>,
    "",
    rawHeaders(incoming),
  );
}

async function withBody(head: HttpRequest, incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { ...head, body: Buffer.concat(chunks) };
}

function rawHeaders({ rawHeaders: flat }: IncomingMessage): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
}

function write(outgoing: ServerResponse, response: HttpResponse, method?: string): void {
  const { body, headers, repeatedHeaders, status } = response;
  const { connection: _, "transfer-encoding": __, "content-length": length, ...rest } = headers;
  // A HEAD is answered with the length of the body that it leaves out.
  outgoing.writeHead(status, {
    ...rest,
    ...repeatedHeaders,
    "content-length": method === "HEAD" ? (length ?? 0) : body.length,
  });
  outgoing.end(method === "HEAD" ? undefined : body);
}

/** What is not AWS: health, the fault script, the virtual clock. */
async function control({ method, path, body }: HttpRequest, options: ServerOptions): Promise<HttpResponse> {
  const { clock, faults } = options;
  const route = `${method} ${path}`;
  if (route === "GET /_local/health") return plain(200, { status: "ok" });
  try {
    if (route === "PUT /_local/faults") {
      faults.set(JSON.parse(body.toString()));
      return plain(200, {});
    }
    if (route === "GET /_local/clock") return plain(200, { now: clock.now() });
    if (route === "POST /_local/clock") {
      if (!(clock instanceof VirtualClock))
        return plain(409, { message: "the clock is real: start with --clock virtual" });
      const { advanceMs } = JSON.parse(body.toString()) as { advanceMs?: unknown };
      if (typeof advanceMs !== "number" || advanceMs < 0)
        return plain(400, { message: "advanceMs must be a number ≥ 0" });
      await clock.advance(advanceMs);
      return plain(200, { now: clock.now() });
    }
  } catch (error) {
    return plain(400, { message: messageOf(error) });
  }
  const known = "GET /_local/health, PUT /_local/faults, GET /_local/clock, POST /_local/clock";
  return plain(404, { message: `${route} is not one of ${known}` });
}

function plain(status: number, value: unknown): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(value)),
  };
}
