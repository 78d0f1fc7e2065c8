import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn, input } from "./call";

interface Entry {
  Source?: string;
  DetailType?: string;
  EventBusName?: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export function eventsPermissions(call: Call): Permission[] | undefined {
  if (call.action === "ListTargetsByRule") return [rulePermission(call)];
  if (call.action !== "PutEvents") return undefined;
  const { Entries = [] } = input<{ Entries?: Entry[] }>(call);
  return Entries.map(({ Source = "", DetailType = "", EventBusName = "default" }) => ({
    action: "events:PutEvents",
    resource: EventBusName.startsWith("arn:")
      ? EventBusName
      : arn(call, "events", `event-bus/${EventBusName}`),
    context: { "events:source": Source, "events:detail-type": DetailType },
  }));
}

function rulePermission(call: Call): Permission {
  const { Rule = "", EventBusName = "default" } = input<{ Rule?: string; EventBusName?: string }>(call);
  const bus = EventBusName.slice(EventBusName.lastIndexOf("/") + 1);
  const path = bus === "default" ? Rule : `${bus}/${Rule}`;
  return { action: `events:${call.action}`, resource: arn(call, "events", `rule/${path}`) };
}
