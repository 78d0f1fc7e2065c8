import fc from "fast-check";
import { PermanentError } from "../../handlers/shared/failures";
import { type Finding, severities } from "../../handlers/shared/findings/finding";
import { readFindings } from "../../handlers/shared/findings/read-findings";
import { fixtureNames, ownRole, readFixture } from "../../testing/findings";
import { build, type Value, value } from "./hostile-input/value";

/** What is done to one field of an event. */
type Change = { kind: "delete" } | { kind: "repeat"; times: number } | { kind: "replace"; by: Value };
type Mutation = { fixture: string; changes: { at: number; change: Change }[] };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: "delete" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("repeat" as const), times: fc.constantFrom(2, 40, 1_001) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("replace" as const), by: value }) },
);
const mutation: fc.Arbitrary<Mutation> = fc.record({
  fixture: fc.constantFrom(...fixtureNames),
  changes: fc.array(fc.record({ at: fc.nat(), change }), { minLength: 1, maxLength: 3 }),
});

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** All fields of an event, outer ones first. */
const listFields = (root: Container): [Container, string][] => {
  const fields: [Container, string][] = [];
  for (let level: Container[] = [root]; level.length > 0; ) {
    fields.push(...level.flatMap((each) => Object.keys(each).map((key): [Container, string] => [each, key])));
    level = level.flatMap((each) => Object.values(each).filter(isContainer));
  }
  return fields;
};

const mutate = ({ fixture, changes }: Mutation): unknown => {
  const event = readFixture(fixture);
  // Of the event as it was: a value that replaces a field may have 100,000 of them.
  const fields = listFields(event);
  for (const { at, change } of changes) {
    const [container, key] = fields[at % fields.length]!;
    const holder = container as Record<string, unknown>;
    if (change.kind === "replace") holder[key] = build(change.by);
    else if (change.kind === "delete") delete holder[key];
    else holder[key] = Array.from({ length: change.times }, () => holder[key]);
  }
  return event;
};

const isText = (text: unknown): boolean =>
  typeof text === "string" && text.length > 0 && text.length <= 2_048 && !/\p{C}/u.test(text);
const isPlace = ({ account, region }: Pick<Finding, "account" | "region">): boolean =>
  /^\d{12}$/.test(account) && /^[a-z0-9-]{1,32}$/.test(region);

// Plain conditions: thousands of resources are too many for as many expectations.
const isSound = ({ resources, title = "", otherTypes = [], ...texts }: Finding): boolean =>
  title.length <= 128 &&
  [...Object.values(texts), ...otherTypes].every(isText) &&
  (texts.severity === undefined || severities.includes(texts.severity)) &&
  resources.length <= 1_000 &&
  [texts, ...resources].every(isPlace) &&
  resources.every((resource) => Object.values(resource).every(isText));

test("an event becomes findings, or is ignored with a reason, or is refused for good", () => {
  const seen = { findings: 0, ignored: 0, refused: 0 };
  fc.assert(
    fc.property(mutation, (mutation) => {
      const event = mutate(mutation);
      try {
        const { findings, ignored } = readFindings(event, { fallbackId: "delivery-1", ownRoles: [ownRole] });
        expect(findings.filter((finding) => !isSound(finding))).toEqual([]);
        expect(ignored.filter(({ id, found }) => !isText(id) || found.length > 200)).toEqual([]);
        seen.findings += findings.length;
        seen.ignored += ignored.length;
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error;
        expect(error.name).toBe("MalformedEvent");
        expect(error.message.length).toBeLessThanOrEqual(1_000);
        seen.refused += 1;
      }
      // Nothing in an event reaches the prototype of all objects.
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
  // Otherwise the mutations would test one of the three alone.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
}, 120_000);
