import { request } from "node:http";
import { text } from "node:stream/consumers";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { clientConfig } from "../../mutation/client-config";
import { Aws } from "../aws";
import type { Layout } from "./layout";

/** An event as EventBridge hands it to a function. */
export type DeliveredEvent = Readonly<Record<string, unknown>> & { readonly id: string };

/** A target of a service, as the load balancer sees it. */
export type Target = { readonly service: string; readonly target: string; readonly health: string };

/** The layout as its users reach it. */
export class LayoutAws extends Aws<Layout> {
  private readonly events: EventBridgeClient;
  private readonly elb: ElasticLoadBalancingV2Client;

  constructor(layout: Layout, environment: Readonly<Record<string, string>>) {
    super(layout, environment);
    this.events = new EventBridgeClient(clientConfig(environment));
    this.elb = new ElasticLoadBalancingV2Client(clientConfig(environment));
  }

  /** Puts an event, if not told otherwise a "Start ECS Task"; resolves with the event as rules get it. */
  async put(
    detail: object,
    { source, detailType } = { source: "custom.app", detailType: "Start ECS Task" },
  ): Promise<DeliveredEvent> {
    // EventBridge keeps whole seconds.
    const time = new Date(Math.floor(Date.now() / 1000) * 1000);
    const { Entries: [entry] = [] } = await this.events.send(
      new PutEventsCommand({
        Entries: [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail), Time: time }],
      }),
    );
    if (!entry?.EventId) throw new Error(`EventBridge refused the event: ${JSON.stringify(entry)}`);
    const [, , , region, account] = this.outputs.function_arn.split(":");
    return {
      version: "0",
      id: entry.EventId,
      "detail-type": detailType,
      source,
      account,
      time: time.toISOString().replace(".000Z", "Z"),
      region,
      resources: [],
      detail,
    };
  }

  /** Every target of every service, also one that is still draining. */
  async targets(): Promise<Target[]> {
    const found = await Promise.all(
      Object.entries(this.outputs.routes).map(async ([service, { target_group_arn: TargetGroupArn }]) => {
        if (!TargetGroupArn) return [];
        const { TargetHealthDescriptions = [] } = await this.elb.send(
          new DescribeTargetHealthCommand({ TargetGroupArn }),
        );
        return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
          service,
          target: `${Target?.Id}:${Target?.Port}`,
          health: TargetHealth?.State ?? "",
        }));
      }),
    );
    return found.flat();
  }

  /** What the load balancer answers at a path. Local AWS tells it from other services by its name. */
  async fetch(path: string): Promise<string> {
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      request(new URL(path, this.environment.AWS_ENDPOINT_URL), {
        headers: { host: this.outputs.load_balancer_dns_name },
      })
        .once("response", resolve)
        .once("error", reject)
        .end(),
    );
    return text(answer);
  }
}
