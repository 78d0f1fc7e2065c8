import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { anonymousRead } from "./anonymous-read";
import { AwsError, CallerCrash, ConnectionReset } from "./aws-error";
import { type Clock, VirtualClock } from "./clock";
import type { Core } from "./core";
import { isAgentRequest } from "./ecs/agent-endpoint";
import type { Faults } from "./faults";
import { checkReadable, errorResponse, type HttpRequest, type HttpResponse, httpRequest } from "./http";
import { messageOf } from "./message-of";
import type { Disturbance } from "./rds";
import { refusedControl, refusedHost, refusedPage, refusedSignature } from "./request-guard";
import { credentialOf, DEFAULT_ACCOUNT } from "./routing";

export interface ServerOptions {
  core: Core;
  clock: Clock;
  faults: Faults;
  /** Region of published events that name none. */
  region: string;
  log(line: string): void;
}

// A page can send any number of requests and must not fill the log.
const MAX_LOGGED_REASONS = 50;

// SDKs wait up to 20 seconds before a retry. With Node's default of 5 seconds the connection would be closed by then, and
// the failed retry would count.
const KEEP_ALIVE_MS = 60_000;

/** The HTTP endpoint of the core. */
export class LocalServer {
  private readonly server: Server;
  /** reasons of refusals, each logged once */
  private readonly loggedReasons = new Set<string>();

  constructor(private readonly options: ServerOptions) {
    this.server = createServer((incoming, outgoing) => void this.answer(incoming, outgoing));
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  /** Resolves with the port: a free one for port 0. Rejects if the port is in use. */
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
      // The client disconnected before its request was complete.
      if (incoming.errored) return;
      if (error instanceof AwsError) {
        write(outgoing, errorResponse(credentialOf(head).service, error, head.headers), incoming.method);
        return;
      }
      log(`${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : String(error)}`);
      write(outgoing, plain(500, { message: String(error) }), incoming.method);
    }
  }

  /** Answers a request that is not for a load balancer. Throws AwsError if it is refused. */
  private async respond(head: HttpRequest, incoming: IncomingMessage): Promise<HttpResponse> {
    const { core } = this.options;
    // The user's own API, which web pages are allowed to call as on AWS.
    if (core.restApis.isFor(head)) {
      checkReadable("", head);
      return core.handle(await withBody(head, incoming));
    }
    const isControl = head.path.startsWith("/_local/");
    const page = refusedPage(head);
    // Requests of containers to the ECS agent are not signed. Their path has the id of the task, which a page cannot know.
    if (!page && isAgentRequest(head)) return core.handle(await withBody(head, incoming));
    const anonymous =
      page || isControl ? undefined : await anonymousRead(head, (arn) => core.resourcePolicy(arn));
    if (anonymous) return core.handle(anonymous);
    const refused = page ?? (isControl ? refusedControl(head) : refusedSignature(head));
    if (refused) throw this.refusal(head, refused);
    const request = await withBody(head, incoming);
    if (isControl) return control(request, this.options);
    checkReadable(credentialOf(head).service, request);
    return core.handle(request);
  }

  /** Logs the reason too, since the author of a page cannot read the response. */
  private refusal({ method, path }: HttpRequest, reason: string): AwsError {
    if (!this.loggedReasons.has(reason) && this.loggedReasons.size < MAX_LOGGED_REASONS) {
      this.loggedReasons.add(reason);
      this.options.log(`refused ${method} ${path.slice(0, 200)}: ${reason}`);
    }
    return new AwsError("AccessDenied", `Local AWS refuses this request: ${reason}.`, 403);
  }
}

/** The request without its body, which is perhaps not received yet. */
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
  // The response to HEAD has the length of the body that it omits.
  outgoing.writeHead(status, {
    ...rest,
    ...repeatedHeaders,
    "content-length": method === "HEAD" ? (length ?? 0) : body.length,
  });
  outgoing.end(method === "HEAD" ? undefined : body);
}

/** Answers the requests to local AWS itself: health, fault script, virtual clock, events of AWS services, databases. */
async function control(
  { method, path, query, body }: HttpRequest,
  options: ServerOptions,
): Promise<HttpResponse> {
  const { clock, core, faults, region } = options;
  const route = `${method} ${path}`;
  if (route === "GET /_local/health") return plain(200, { status: "ok" });
  try {
    if (route === "PUT /_local/faults") {
      faults.set(JSON.parse(body.toString()));
      return plain(200, {});
    }
    if (path === "/_local/databases") return plain(200, await databases(method, query, body, options));
    if (route === "POST /_local/events") return plain(200, core.publish(region, JSON.parse(body.toString())));
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
  const known =
    "GET /_local/health, PUT /_local/faults, POST /_local/events, GET /_local/clock, POST /_local/clock, GET /_local/databases, POST /_local/databases";
  return plain(404, { message: `${route} is not one of ${known}` });
}

const DISTURBANCES: Disturbance[] = ["unreachable", "too-many-connections", "crash", "none"];

/** GET asks whether security groups allow a connection to a database, POST disturbs it. */
async function databases(
  method: string,
  query: URLSearchParams,
  body: Buffer,
  { core, region: ofServer }: ServerOptions,
): Promise<unknown> {
  if (method === "GET") {
    const caller = { account: DEFAULT_ACCOUNT, region: query.get("region") ?? ofServer };
    const list = (name: string) => query.get(name)?.split(",").filter(Boolean) ?? [];
    return core.rds.mayConnect(caller, query.get("instance") ?? "", {
      securityGroupIds: list("securityGroups"),
      subnetIds: list("subnets"),
    });
  }
  const asked = JSON.parse(body.toString()) as { instance?: string; region?: string; disturbance?: never };
  const { disturbance, instance = "", region = ofServer } = asked;
  if (!disturbance || !DISTURBANCES.includes(disturbance))
    throw new Error(`disturbance is ${JSON.stringify(disturbance)}; allowed: ${DISTURBANCES.join(", ")}`);
  await core.rds.disturb({ account: DEFAULT_ACCOUNT, region }, instance, disturbance);
  return {};
}

function plain(status: number, value: unknown): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(value)),
  };
}
