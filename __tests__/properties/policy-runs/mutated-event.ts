import fc from "fast-check";
import { fixtureNames, readFixture } from "../../../testing/findings";

type Json = unknown;
type Place = { parent: Record<string, Json> | Json[]; key: string };

/** Values that a field may not have, or that mean something elsewhere. */
const odd: Json[] = [
  ...[
    null,
    "",
    0,
    1e308,
    true,
    [],
    {},
    [null],
    "*",
    "?",
    "!*",
    "arn:",
    "arn:aws:s3:::",
    "arn:aws:s3:::another-bucket",
  ],
  ...[
    '"},"scope":"account","x":{"y":"',
    "a: b\n- c",
    "${env:HOME}",
    "../../x",
    "\u0000",
    "\ud800",
    "x".repeat(3_000),
  ],
  ...[
    "111122223333",
    "123456789012",
    "eu-west-1",
    "us-east-1",
    "AwsS3Bucket",
    "AWS::IAM::User",
    "AWS::::Account",
  ],
  ...["ARCHIVED", "ACTIVE", "CRITICAL", "NON_COMPLIANT", "resolved", "2026-01-01T00:00:00Z", "CreateBucket"],
];

const change = fc.record({
  /** Which of all places of the event. */
  at: fc.nat(),
  as: fc.oneof(
    fc.constant({ kind: "delete" as const }),
    fc.nat(odd.length - 1).map((index) => ({ kind: "odd" as const, index })),
    fc.nat().map((from) => ({ kind: "copy" as const, from })),
    fc.constant({ kind: "repeat" as const }),
  ),
});

/** An event of one of the sources, with some changes. */
export const mutatedEvent = fc.record({
  fixture: fc.constantFrom(...fixtureNames),
  changes: fc.array(change, { maxLength: 4 }),
});
export type MutatedEvent = typeof mutatedEvent extends fc.Arbitrary<infer Value> ? Value : never;

const placesIn = (value: Json): Place[] => {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, Json>;
  return Object.entries(parent).flatMap(([key, inner]) => [{ parent, key }, ...placesIn(inner)]);
};

const valueAt = ({ parent, key }: Place): Json => (parent as Record<string, Json>)[key];

export const buildEvent = ({ fixture, changes }: MutatedEvent): Record<string, Json> => {
  const event = readFixture(fixture);
  for (const { at, as } of changes) {
    const places = placesIn(event);
    const place = places[at % places.length];
    if (place === undefined) continue;
    const parent = place.parent as Record<string, Json>;
    const { key } = place;
    if (as.kind === "delete") delete parent[key];
    if (as.kind === "odd") parent[key] = odd[as.index];
    if (as.kind === "copy") parent[key] = structuredClone(valueAt(places[as.from % places.length]!));
    if (as.kind === "repeat") {
      const value = valueAt(place);
      parent[key] = Array.isArray(value) ? [...value, ...structuredClone(value)] : [value, value];
    }
  }
  return event;
};
