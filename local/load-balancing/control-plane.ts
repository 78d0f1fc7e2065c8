import { AnswerCache } from "../answer-cache";
import { AwsError } from "../aws-error";
import { type Field, items, readXml } from "../query-protocol";
import type { Caller } from "../routing";
import { askQuery, type Upstream } from "../upstream";
import { readTargetGroup, type TargetGroup } from "./target-group";

type Fields = Record<string, Field>;

export interface Listener {
  port: number;
  protocol: string;
  /** by priority, the default rule last */
  rules: Rule[];
}

export interface Rule {
  conditions: Fields[];
  actions: Fields[];
}

/** Looks up target groups and the listener rules that forward to them. Caches them until something changes. */
export class ControlPlane {
  private readonly cache = new AnswerCache();

  constructor(private readonly upstream: Upstream) {}

  /** Must be called after a write to the control plane. */
  clearCache(): void {
    this.cache.clear();
  }

  /** Throws TargetGroupNotFound. */
  targetGroup(caller: Caller, arn: string): Promise<TargetGroup> {
    return this.cache.get(caller, arn, async () => {
      const [group] = await this.list(caller, "TargetGroups", { "TargetGroupArns.member.1": arn });
      const attributes = await this.list(caller, "TargetGroupAttributes", { TargetGroupArn: arn });
      const pairs = attributes.map(({ Key, Value }) => [String(Key), String(Value)] as const);
      return readTargetGroup(group ?? {}, new Map(pairs));
    });
  }

  /** Whether a listener forwards to the group, by a rule or by default. */
  isUsed(caller: Caller, targetGroupArn: string): Promise<boolean> {
    return this.cache.get(caller, `use of ${targetGroupArn}`, async () => {
      const listeners = await Promise.all(
        (await this.loadBalancers(caller)).map(({ arn }) => this.listeners(caller, arn)),
      );
      return listeners
        .flat()
        .some(({ rules }) =>
          rules.some(({ actions }) => actions.some((action) => forwardsTo(action).has(targetGroupArn))),
        );
    });
  }

  loadBalancers(caller: Caller): Promise<{ arn: string; name: string }[]> {
    return this.cache.get(caller, "load balancers", async () => {
      const found = await this.list(caller, "LoadBalancers");
      return found.map((each) => ({
        arn: String(each.LoadBalancerArn),
        name: String(each.LoadBalancerName),
      }));
    });
  }

  listeners(caller: Caller, loadBalancerArn: string): Promise<Listener[]> {
    return this.cache.get(caller, `listeners of ${loadBalancerArn}`, async () => {
      const found = await this.list(caller, "Listeners", { LoadBalancerArn: loadBalancerArn });
      return Promise.all(
        found.map(async ({ ListenerArn, Port, Protocol }) => ({
          port: Number(Port),
          protocol: String(Protocol),
          rules: await this.rules(caller, String(ListenerArn)),
        })),
      );
    });
  }

  private async rules(caller: Caller, ListenerArn: string): Promise<Rule[]> {
    const found = await this.list(caller, "Rules", { ListenerArn });
    const place = ({ Priority }: Fields) => (Priority === "default" ? Number.MAX_VALUE : Number(Priority));
    return found
      .sort((a, b) => place(a) - place(b))
      .map(({ Conditions, Actions }) => ({ conditions: items(Conditions), actions: items(Actions) }));
  }

  /** The items of all pages of a Describe… call. */
  private async list(caller: Caller, what: string, input: Record<string, string> = {}): Promise<Fields[]> {
    const found: Fields[] = [];
    let marker = "";
    do {
      const page = await this.ask(caller, `Describe${what}`, marker ? { ...input, Marker: marker } : input);
      found.push(...items<Fields>(page[what === "TargetGroupAttributes" ? "Attributes" : what]));
      marker = String(page.NextMarker ?? "");
    } while (marker);
    return found;
  }

  private async ask(caller: Caller, Action: string, input: Record<string, string>): Promise<Fields> {
    const parameters = { ...input, Action, Version: "2015-12-01" };
    const xml = await askQuery(this.upstream, caller, "elasticloadbalancing", parameters);
    const answer = readXml(xml) as { [name: string]: { [name: string]: Fields } };
    const error = answer.ErrorResponse?.Error;
    if (error) throw new AwsError(String(error.Code), String(error.Message));
    return answer[`${Action}Response`]?.[`${Action}Result`] || {};
  }
}

/** The target groups of a `forward` action with their weights. */
export function forwardsTo({ TargetGroupArn, ForwardConfig }: Fields): Map<string, number> {
  const groups = items<Fields>((ForwardConfig as Fields | undefined)?.TargetGroups);
  if (groups.length === 0) return new Map(TargetGroupArn ? [[String(TargetGroupArn), 1]] : []);
  return new Map(groups.map(({ TargetGroupArn: arn, Weight = "1" }) => [String(arn), Number(Weight)]));
}
