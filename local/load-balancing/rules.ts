import type { IncomingHttpHeaders } from "node:http";
import { BlockList } from "node:net";
import { type Field, items } from "../query-protocol";
import { like } from "../resource-policy";
import type { Listener, Rule } from "./control-plane";

type Fields = Record<string, Field>;

/** The parts of a request that listener rules match. */
export interface ListenerRequest {
  method: string;
  /** without the port */
  host: string;
  /** as received, not decoded */
  path: string;
  /** as received, without the question mark */
  query: string;
  headers: IncomingHttpHeaders;
  clientIp: string;
}

/** The first rule of a listener whose conditions all match. The default rule has no conditions. */
export function matchingRule({ rules }: Listener, request: ListenerRequest): Rule | undefined {
  return rules.find(({ conditions }) => conditions.every((condition) => holds(condition, request)));
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
function holds(
  condition: Fields,
  { method, host, path, query, headers, clientIp }: ListenerRequest,
): boolean {
  const any = (name: string, test: (value: string) => boolean) => valuesOf(condition, name).some(test);
  switch (condition.Field) {
    case "path-pattern":
      return any("PathPatternConfig", (pattern) => like(pattern, path));
    case "host-header":
      return any("HostHeaderConfig", (pattern) => likeInAnyCase(pattern, host));
    case "http-request-method":
      return any("HttpRequestMethodConfig", (value) => value === method);
    case "http-header": {
      const { HttpHeaderName = "" } = condition.HttpHeaderConfig as Fields;
      const actual = headers[String(HttpHeaderName).toLowerCase()];
      return (
        actual !== undefined && any("HttpHeaderConfig", (pattern) => likeInAnyCase(pattern, String(actual)))
      );
    }
    case "query-string": {
      const patterns = items<Fields>((condition.QueryStringConfig as Fields | undefined)?.Values);
      return patterns.some(({ Key, Value }) =>
        [...new URLSearchParams(query)].some(
          ([key, value]) =>
            (!Key || likeInAnyCase(String(Key), key)) && likeInAnyCase(String(Value ?? ""), value),
        ),
      );
    }
    case "source-ip":
      return any("SourceIpConfig", (cidr) => contains(cidr, clientIp));
    default:
      return false;
  }
}

/** Older clients write `Values` directly in the condition. */
function valuesOf(condition: Fields, config: string): string[] {
  const values = items<string>((condition[config] as Fields | undefined)?.Values);
  return values.length > 0 ? values : items<string>(condition.Values);
}

function likeInAnyCase(pattern: string, text: string): boolean {
  return like(pattern.toLowerCase(), text.toLowerCase());
}

function contains(cidr: string, ip: string): boolean {
  const [network = "", bits] = cidr.split("/");
  const family = network.includes(":") ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(ip, family);
}
