import fc from "fast-check";
import { checkPattern, matchesPattern } from "../../local/event-pattern";

const event = {
  source: "custom.app",
  "detail-type": "Start ECS Task",
  resources: ["arn:aws:s3:::one", "arn:aws:s3:::two"],
  detail: {
    service: "auth",
    count: 5,
    ip: "10.1.2.3",
    ready: false,
    nothing: null,
    list: [],
    file: "a/b/c.png",
  },
};
const detail = (pattern: unknown) => ({ detail: pattern });

test.each<[string, object, boolean]>([
  ["every field must match", { source: ["custom.app"], "detail-type": ["Start ECS Task"] }, true],
  ["one field does not", { source: ["custom.app"], "detail-type": ["Other"] }, false],
  ["one of several values", { source: ["x", "custom.app"] }, true],
  ["a field that is not there", detail({ other: ["x"] }), false],
  ["an array in the event: one item is enough", { resources: ["arn:aws:s3:::two"] }, true],
  ["a number is not its text", detail({ count: ["5"] }), false],
  ["a number", detail({ count: [5] }), true],
  ["false", detail({ ready: [false] }), true],
  ["null", detail({ nothing: [null] }), true],
  ["prefix", detail({ service: [{ prefix: "au" }] }), true],
  ["prefix, other case", detail({ service: [{ prefix: "AU" }] }), false],
  ["prefix that ignores case", detail({ service: [{ prefix: { "equals-ignore-case": "AU" } }] }), true],
  ["suffix", detail({ file: [{ suffix: ".png" }] }), true],
  ["suffix that ignores case", detail({ file: [{ suffix: { "equals-ignore-case": ".PNG" } }] }), true],
  ["equals-ignore-case", detail({ service: [{ "equals-ignore-case": "AUTH" }] }), true],
  ["anything-but, same", detail({ service: [{ "anything-but": "auth" }] }), false],
  ["anything-but, other", detail({ service: [{ "anything-but": ["x", "y"] }] }), true],
  ["anything-but of a field that is not there", detail({ other: [{ "anything-but": "x" }] }), false],
  ["anything-but prefix", detail({ service: [{ "anything-but": { prefix: "au" } }] }), false],
  ["anything-but prefixes", detail({ service: [{ "anything-but": { prefix: ["x", "y"] } }] }), true],
  ["anything-but suffix", detail({ file: [{ "anything-but": { suffix: ".jpg" } }] }), true],
  ["anything-but wildcard", detail({ file: [{ "anything-but": { wildcard: "*/b/*" } }] }), false],
  [
    "anything-but, ignoring case",
    detail({ service: [{ "anything-but": { "equals-ignore-case": ["AUTH"] } }] }),
    false,
  ],
  ["exists", detail({ service: [{ exists: true }] }), true],
  ["exists of null", detail({ nothing: [{ exists: true }] }), true],
  ["exists of an object", { detail: [{ exists: true }] }, false],
  ["exists false of what is not there", detail({ other: [{ exists: false }] }), true],
  ["exists false under what is not there", { other: { deep: [{ exists: false }] } }, true],
  ["exists false of what is there", detail({ service: [{ exists: false }] }), false],
  ["numeric =", detail({ count: [{ numeric: ["=", 5] }] }), true],
  ["numeric range", detail({ count: [{ numeric: [">", 0, "<", 5] }] }), false],
  ["numeric range with its end", detail({ count: [{ numeric: [">", 0, "<=", 5] }] }), true],
  ["numeric of text", detail({ service: [{ numeric: [">", 0] }] }), false],
  ["cidr", detail({ ip: [{ cidr: "10.0.0.0/8" }] }), true],
  ["cidr outside", detail({ ip: [{ cidr: "10.2.0.0/16" }] }), false],
  ["cidr of no address", detail({ service: [{ cidr: "0.0.0.0/0" }] }), false],
  ["wildcard", detail({ file: [{ wildcard: "a/*.png" }] }), true],
  ["wildcard must cover all", detail({ file: [{ wildcard: "b/*" }] }), false],
  ["a dot in a wildcard is a dot", detail({ file: [{ wildcard: "*xpng" }] }), false],
  ["an escaped asterisk", { star: [{ wildcard: "a\\*b" }] }, false],
  ["$or, second", detail({ $or: [{ service: ["x"] }, { count: [{ numeric: [">", 4] }] }] }), true],
  ["$or, none", detail({ $or: [{ service: ["x"] }, { count: [1] }] }), false],
  [
    "$or beside a field that does not match",
    { source: ["y"], $or: [{ detail: { service: ["auth"] } }] },
    false,
  ],
])("%s", (_name, pattern, expected) => {
  expect(matchesPattern(pattern, event)).toBe(expected);
});

test.each<[unknown, RegExp]>([
  [{}, /its root: \{\}; allowed: at least one field/],
  [{ source: "custom.app" }, /At source: "custom.app"; allowed: an object or an array/],
  [{ source: [] }, /At source: \[\]; allowed: at least one value/],
  [{ detail: { a: [{ like: "x" }] } }, /At detail.a: \{"like":"x"\}; allowed: one of prefix, suffix/],
  [{ a: [{ prefix: 5 }] }, /At a: 5; allowed: a string/],
  [{ a: [{ numeric: [">"] }] }, /numeric/],
  [{ a: [{ numeric: ["!", 1] }] }, /numeric/],
  [{ a: [{ cidr: "10.0.0.0" }] }, /IPv4 range/],
  [{ a: [{ wildcard: "a**b" }] }, /consecutive asterisks/],
  [{ a: [{ exists: "yes" }] }, /exists: true or false/],
  [{ $or: [] }, /an array of patterns/],
])("pattern %j is refused with its place", (pattern, message) => {
  expect(() => checkPattern(pattern)).toThrow(message);
});

const name = fc.stringMatching(/^[a-z]{1,8}$/);
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const nested = fc.letrec((tie) => ({
  tree: fc.dictionary(name, fc.oneof({ depthSize: "small" }, scalar, tie("tree")), {
    minKeys: 1,
    maxKeys: 4,
  }),
})).tree as fc.Arbitrary<Record<string, unknown>>;

/** The pattern that matches exactly the values of an event. */
const patternOf = (tree: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null ? patternOf(value as Record<string, unknown>) : [value],
    ]),
  );

test("matches the pattern of an event's own values, also when the event has more fields", () => {
  fc.assert(
    fc.property(nested, scalar, (tree, more) => matchesPattern(patternOf(tree), { ...tree, UNASKED: more })),
  );
});

test("does not match an event without one of the fields", () => {
  fc.assert(
    fc.property(nested, (tree) => {
      const [first = ""] = Object.keys(tree);
      const { [first]: _, ...rest } = tree;
      return !matchesPattern(patternOf(tree), rest);
    }),
  );
});

const on = (operator: unknown, value: unknown) => matchesPattern({ field: [operator] }, { field: value });

test("evaluates prefix, suffix, equals-ignore-case and wildcard like String", () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 3 }), (text, part) => {
      expect(on({ prefix: part }, text)).toBe(text.startsWith(part));
      expect(on({ suffix: part }, text)).toBe(text.endsWith(part));
      const literal = part.replace(/[\\*]/g, "\\$&");
      expect(on({ wildcard: `*${literal}*` }, text)).toBe(text.includes(part));
      expect(on({ wildcard: literal }, text)).toBe(text === part);
      expect(on({ "equals-ignore-case": part }, text)).toBe(text.toLowerCase() === part.toLowerCase());
    }),
  );
});

test("evaluates anything-but as the complement of the list, for fields that exist", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 2 }), { minLength: 1 }),
      fc.string({ maxLength: 2 }),
      (list, text) => {
        expect(on({ "anything-but": list }, text)).toBe(!matchesPattern({ field: list }, { field: text }));
      },
    ),
  );
});

test("evaluates numeric like arithmetic", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (value, low, high) => {
      expect(on({ numeric: [">=", low, "<", high] }, value)).toBe(value >= low && value < high);
      expect(on({ numeric: ["=", low] }, value)).toBe(value === low);
    }),
  );
});

test("evaluates cidr like bits", () => {
  const bits = (ip: string) =>
    ip
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (ip, base, length) => {
      expect(on({ cidr: `${base}/${length}` }, ip)).toBe(
        bits(ip).slice(0, length) === bits(base).slice(0, length),
      );
    }),
  );
});

test("matches $or of two patterns when either matches", () => {
  fc.assert(
    fc.property(nested, nested, nested, (one, two, tree) => {
      const [left, right] = [patternOf(one), patternOf(two)];
      expect(matchesPattern({ $or: [left, right] }, tree)).toBe(
        matchesPattern(left, tree) || matchesPattern(right, tree),
      );
    }),
  );
});
