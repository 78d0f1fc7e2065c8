import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { TargetId } from "./check-targets";
import type { Failure } from "./target";
import type { TargetGroup } from "./target-group";

const TIMED_OUT: Failure = { reason: "Target.Timeout", description: "Request timed out" };
const FAILED: Failure = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };

/** Runs the health check of a group against a port of this machine. Returns undefined if the target is healthy. */
export async function probe(
  { healthCheck }: TargetGroup,
  target: TargetId,
  localPort: number | undefined,
): Promise<Failure | undefined> {
  // Packets to an unused address are never answered.
  if (localPort === undefined) return TIMED_OUT;
  const { protocol, matcher, timeoutSeconds } = healthCheck;
  const timeoutMs = timeoutSeconds * 1000;
  if (protocol === "TCP") return connects(localPort, timeoutMs);
  const answer = await get(healthCheck, target, localPort, timeoutMs);
  if (typeof answer !== "number") return answer;
  if (matches(matcher, answer)) return undefined;
  return {
    reason: "Target.ResponseCodeMismatch",
    description: `Health checks failed with these codes: [${answer}]`,
  };
}

function connects(port: number, timeoutMs: number): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (result: Failure | undefined) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end(TIMED_OUT));
    socket.once("connect", () => end(undefined));
    socket.once("error", () => end(FAILED));
  });
}

function get(
  { protocol, path }: TargetGroup["healthCheck"],
  { id, port }: TargetId,
  localPort: number,
  timeoutMs: number,
): Promise<number | Failure> {
  return new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port: localPort,
      path,
      agent: false,
      headers: { host: `${id}:${port}`, "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
      // A load balancer does not verify the certificates of its targets.
      rejectUnauthorized: false,
    };
    const sent = protocol === "HTTPS" ? httpsRequest(options) : httpRequest(options);
    const timer = setTimeout(() => {
      resolve(TIMED_OUT);
      sent.destroy();
    }, timeoutMs);
    sent.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", () => resolve(FAILED));
    sent.once("close", () => clearTimeout(timer));
    sent.end();
  });
}

function matches(matcher: string, code: number): boolean {
  return matcher.split(",").some((part) => {
    const [from, to = from] = part.split("-").map(Number);
    return code >= Number(from) && code <= Number(to);
  });
}
