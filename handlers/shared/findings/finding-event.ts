import * as v from "valibot";
import { PermanentError } from "../failures";
import { isDeeperThan } from "../json";
import { parseWith, plainObject } from "../schema";
import { accountId, optional, regionName, text, time } from "./fields";
import type { Finding, Ignored, Resource } from "./finding";

const schema = v.pipe(
  plainObject,
  v.object({
    id: optional(text),
    source: text,
    "detail-type": text,
    account: optional(accountId),
    region: optional(regionName),
    time: optional(time),
    detail: plainObject,
  }),
);

/** An event that carries findings. */
export type FindingEvent = {
  id: string;
  source: string;
  detailType: string;
  /** Where the event was sent. Only for findings that do not name an account and a region themselves. */
  account: string | undefined;
  region: string | undefined;
  time: string | undefined;
  detail: unknown;
};

/** As in other events: JSON parsers in other languages have similar limits. */
const maxLevels = 500;

/** @throws PermanentError that names each invalid field */
export const readFindingEvent = (input: unknown, fallbackId: string | undefined): FindingEvent => {
  if (isDeeperThan(input, maxLevels)) {
    throw new PermanentError(
      "MalformedEvent",
      `event: expected at most ${maxLevels} levels of nesting, found more`,
    );
  }
  const {
    id,
    "detail-type": detailType,
    account,
    region,
    time,
    ...event
  } = parseWith(schema, input, "event");
  return {
    ...event,
    id: id ?? parseWith(text, fallbackId, "id"),
    detailType,
    account: account ?? undefined,
    region: region ?? undefined,
    time: time ?? undefined,
  };
};

type Place = Pick<Finding, "account" | "region">;
type Own = Omit<Finding, keyof Place | "source" | "detailType" | "time" | "resources">;
type Given<Type> = { [key in keyof Type]: Type[key] | null | undefined };

/**
 * The finding of an event. What the source does not have is left out.
 * @param given what the source says of the finding; null and undefined are left out
 * @param resources its resources; a resource is where the finding is, unless it says something else
 */
export const createFinding = (
  event: FindingEvent,
  { id, account, region, ...given }: Given<Omit<Own, "id">> & Partial<Given<Place>> & Pick<Finding, "id">,
  resources: (place: Place) => readonly Resource[],
): Finding => {
  const place = {
    account: parseWith(accountId, account ?? event.account, "account"),
    region: parseWith(regionName, region ?? event.region, "region"),
  };
  const present = Object.entries({ ...given, time: event.time }).filter(([, value]) => value != null);
  return {
    source: event.source,
    detailType: event.detailType,
    id,
    ...Object.fromEntries(present),
    ...place,
    resources: distinct(resources(place)),
  };
};

/** Two lists of an event can name the same resource: it is acted on once. */
const distinct = (resources: readonly Resource[]): readonly Resource[] => [
  ...new Map(
    resources.map((each) => [JSON.stringify([each.type, each.id, each.account, each.region]), each]),
  ).values(),
];

/** How the findings of one source are read. */
export type Reader = (
  event: FindingEvent,
  options: { ownRoles: readonly string[] },
) => readonly (Finding | Ignored)[];
