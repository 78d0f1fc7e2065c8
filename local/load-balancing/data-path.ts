import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock";
import type { Field } from "../query-protocol";
import type { Caller } from "../routing";
import { answerError, answerFixed, answerRedirect } from "./answers";
import type { TargetId } from "./check-targets";
import { type ControlPlane, forwardsTo, type Listener } from "./control-plane";
import type { Address } from "./dns-name";
import { proxy } from "./proxy";
import { type ListenerRequest, matchingRule } from "./rules";
import { readStickyCookie, stickyCookies } from "./stickiness";
import type { Target } from "./target";
import type { TargetGroup } from "./target-group";

type Fields = Record<string, Field>;

export interface DataPathOptions {
  clock: Clock;
  controlPlane: ControlPlane;
  targetsOf(caller: Caller, group: TargetGroup): { serving(): Target[] };
  localPort(caller: Caller, vpcId: string, target: TargetId): number | undefined;
}

/** Routes requests to load balancers by their listener rules. */
export class DataPath {
  /** number of requests of each group, for round robin */
  private readonly turns = new Map<string, number>();

  constructor(private readonly options: DataPathOptions) {}

  async serve(address: Address, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const listener = await this.listener(address);
    if (!listener) {
      // On AWS the name would not resolve, or the connection would be refused.
      answerError(outgoing, 502, `Local AWS has no listener at ${incoming.headers.host}`);
      return;
    }
    const request = toListenerRequest(incoming);
    // An action before another one authenticates the client and must not be skipped.
    const action = matchingRule(listener, request)?.actions[0] ?? {};
    switch (action.Type) {
      case "forward":
        return this.forward(action, listener, address, incoming, outgoing);
      case "redirect":
        return answerRedirect(outgoing, action.RedirectConfig as Fields, {
          ...request,
          path: request.path.slice(1),
          protocol: listener.protocol.toLowerCase(),
          port: String(address.port),
        });
      case "fixed-response":
        return answerFixed(outgoing, action.FixedResponseConfig as Fields);
      default:
        answerError(outgoing, 501, `Local AWS does not support actions of type ${action.Type}`);
    }
  }

  private async listener(address: Address): Promise<Listener | undefined> {
    const all = await this.options.controlPlane.loadBalancers(address);
    const found = all.find(({ name }) => name.toLowerCase() === address.loadBalancer);
    const listeners = found ? await this.options.controlPlane.listeners(address, found.arn) : [];
    return listeners.find(({ port }) => port === address.port);
  }

  private async forward(
    action: Fields,
    listener: Listener,
    address: Address,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const { clock, localPort } = this.options;
    const { headers, socket } = incoming;
    const chosen = await this.choose(action, address, headers.cookie);
    if (!chosen) return answerError(outgoing, 503, "Service Temporarily Unavailable");
    const { group, target } = chosen;
    const port = localPort(address, group.vpcId, target);
    // Packets to an unused address are never answered.
    if (port === undefined) return answerError(outgoing, 504, "Gateway Time-out");
    proxy(incoming, outgoing, {
      protocol: group.protocol,
      localPort: port,
      forwarded: {
        "x-forwarded-for": [headers["x-forwarded-for"], socket.remoteAddress].filter(Boolean).join(", "),
        "x-forwarded-proto": listener.protocol.toLowerCase(),
        "x-forwarded-port": String(listener.port),
      },
      cookies: stickyCookies(group, target, clock.now()),
    });
  }

  private async choose(
    action: Fields,
    caller: Caller,
    cookies: string | undefined,
  ): Promise<{ group: TargetGroup; target: Target } | undefined> {
    const weights = forwardsTo(action);
    const sticky = readStickyCookie(cookies);
    if (sticky && weights.has(sticky.targetGroupArn)) {
      const group = await this.options.controlPlane.targetGroup(caller, sticky.targetGroupArn);
      const target = this.ready(caller, group).find(
        ({ id, port }) => id === sticky.id && port === sticky.port,
      );
      if (target && group.stickinessSeconds !== undefined) return { group, target };
    }
    const arn = weighted(weights);
    if (!arn) return undefined;
    const group = await this.options.controlPlane.targetGroup(caller, arn);
    const ready = this.ready(caller, group);
    const turn = this.turns.get(arn) ?? 0;
    this.turns.set(arn, turn + 1);
    const target = ready[turn % ready.length];
    return target && { group, target };
  }

  /** The healthy targets, or all targets if none is healthy: a load balancer fails open. */
  private ready(caller: Caller, group: TargetGroup): Target[] {
    const serving = this.options.targetsOf(caller, group).serving();
    const healthy = serving.filter(({ health }) => health.state === "healthy");
    return healthy.length > 0 ? healthy : serving;
  }
}

function toListenerRequest({ method = "GET", url = "/", headers, socket }: IncomingMessage): ListenerRequest {
  const [path = "/", query = ""] = url.split(/\?(.*)/s);
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  return { method, host, path, query, headers, clientIp: socket.remoteAddress ?? "" };
}

function weighted(weights: Map<string, number>): string | undefined {
  let left = Math.random() * [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  for (const [arn, weight] of weights) {
    left -= weight;
    if (left < 0) return arn;
  }
  return undefined;
}
