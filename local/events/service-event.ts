import { randomUUID } from "node:crypto";
import { type Event, eventTime } from "./event";

/** An event of an AWS service. What is left out is as EventBridge sets it for an event that happens now. */
export type ServiceEvent = Pick<Event, "source" | "detail-type"> &
  Partial<Omit<Event, "version">> & { detail: object };

/** The event as rules get it. Throws if it is none of an AWS service. */
export function serviceEvent(given: unknown, { account, region, now }: Place): Event {
  const { source, "detail-type": type, detail, ...rest } = (given ?? {}) as Partial<ServiceEvent>;
  if (typeof source !== "string" || !source.startsWith("aws."))
    throw new Error(`source is ${JSON.stringify(source)}; that of an AWS service starts with "aws."`);
  if (typeof type !== "string" || type === "")
    throw new Error(`detail-type is ${JSON.stringify(type)}; it is a text that is not empty`);
  if (typeof detail !== "object" || detail === null || Array.isArray(detail))
    throw new Error("detail is not an object");
  const { id = randomUUID(), time = eventTime(now), resources = [] } = rest;
  return {
    version: "0",
    id,
    "detail-type": type,
    source,
    account: rest.account ?? account,
    time,
    region: rest.region ?? region,
    resources,
    detail,
  };
}

interface Place {
  account: string;
  region: string;
  now: Date;
}
