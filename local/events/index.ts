import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import { checkPattern, matchesPattern } from "../event-pattern";
import type { Faults } from "../faults";
import { type HttpResponse, jsonResponse } from "../http";
import { messageOf } from "../message-of";
import type { Call, Caller } from "../routing";
import type { Upstream } from "../upstream";
import { Delivery, type DeliveryOptions } from "./delivery";
import { type Event, eventTime } from "./event";
import { EventLogs, refuseRoles } from "./event-logs";
import { checkEntries, type Entry, eventOf } from "./put-events";
import { type Rule, Rules, type Target } from "./rules";
import { Schedules } from "./schedules";
import { type ServiceEvent, serviceEvent } from "./service-event";

export interface EventBridgeOptions extends Omit<DeliveryOptions, "eventLogs"> {
  faults: Faults;
  upstream: Upstream;
}

/** Amazon EventBridge: matching and delivery are here, the control plane is moto. */
export class EventBridge {
  private readonly rules: Rules;
  private readonly delivery: Delivery;
  private readonly schedules: Schedules;

  constructor(private readonly options: EventBridgeOptions) {
    this.rules = new Rules(options.upstream);
    this.delivery = new Delivery({ ...options, eventLogs: new EventLogs(options.upstream, options.clock) });
    this.schedules = new Schedules(options.clock, options.log, (caller, rule) =>
      this.invokeSchedule(caller, rule),
    );
  }

  async handle(call: Call): Promise<HttpResponse> {
    const input = JSON.parse(call.request.body.toString() || "{}") as Record<string, unknown>;
    if (call.action === "PutEvents") return jsonResponse(await this.putEvents(call, input));
    if (call.action === "TestEventPattern") return jsonResponse({ Result: testPattern(input) });
    if (call.action === "PutTargets") refuseRoles((input.Targets ?? []) as Target[]);
    if (call.action === "PutRule" && input.EventPattern) refuseInvalid(String(input.EventPattern));
    const response = await this.options.upstream.send(call);
    if (!/^(Describe|List)/.test(call.action)) {
      this.rules.clearCache();
      // Only the default bus has schedule rules.
      this.schedules.set(call, await this.rules.of(call, "default"));
    }
    return response;
  }

  /**
   * Puts an event of an AWS service on the default bus, which PutEvents does not. Returns it as rules get it; throws if it
   * is none.
   */
  publish({ account, region }: Caller, given: ServiceEvent): Event {
    const event = serviceEvent(given, { account, region, now: this.options.clock.now() });
    this.route("default", event);
    return event;
  }

  private async putEvents(caller: Caller, { Entries }: { Entries?: Entry[] }): Promise<unknown> {
    const entries = Entries ?? [];
    checkEntries(entries);
    const results = entries.map((entry) => {
      const event = eventOf(entry, caller, this.options.clock.now());
      if ("ErrorCode" in event) return event;
      this.route(entry.EventBusName?.split("/").pop() ?? "default", event);
      return { EventId: event.id };
    });
    return { Entries: results, FailedEntryCount: results.filter((result) => "ErrorCode" in result).length };
  }

  // Not awaited: PutEvents does not wait for targets.
  private route(bus: string, event: Event): void {
    const caller = { account: event.account, region: event.region };
    this.rules
      .of(caller, bus)
      .then((rules) => rules.filter((rule) => rule.State === "ENABLED" && matchesRule(rule, event)))
      .then((rules) => Promise.all(rules.map((rule) => this.toTargets(rule, event))))
      .catch((error: unknown) => this.options.log(`events: event ${event.id} is lost: ${String(error)}`));
  }

  private async toTargets(rule: Rule, event: Event): Promise<void> {
    await Promise.all(rule.targets.map((target) => this.toTarget(rule, target, event)));
  }

  private async toTarget(rule: Rule, target: Target, event: Event): Promise<void> {
    const fault = this.options.faults.takeDelivery(event["detail-type"]);
    if (fault?.fault === "lose") return;
    if (fault?.fault === "delay") await this.options.clock.sleep(fault.ms);
    const times = fault?.fault === "duplicate" ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.delivery.deliver(rule, target, event)));
  }

  private invokeSchedule(caller: Caller, rule: Rule): Promise<void> {
    return this.toTargets(rule, {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: caller.account,
      time: eventTime(this.options.clock.now()),
      region: caller.region,
      resources: [rule.Arn],
      detail: {},
    });
  }
}

function matchesRule({ EventPattern }: Rule, event: Event): boolean {
  return EventPattern !== undefined && matchesPattern(JSON.parse(EventPattern), event);
}

function testPattern({ EventPattern, Event }: Record<string, unknown>): boolean {
  refuseInvalid(String(EventPattern));
  return matchesPattern(JSON.parse(String(EventPattern)), JSON.parse(String(Event)));
}

function refuseInvalid(pattern: string): void {
  try {
    checkPattern(JSON.parse(pattern));
  } catch (error) {
    const reason = messageOf(error);
    throw new AwsError("InvalidEventPatternException", reason);
  }
}
