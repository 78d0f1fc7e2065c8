import fc from "fast-check";

/** A value that may be very large, in few words: a counterexample has to be read. */
export type Value =
  | { is: unknown }
  /** A text so many times over. */
  | { text: string; times: number }
  /** Arrays or objects within each other. */
  | { nested: "arrays" | "objects" | "records"; levels: number }
  | { array: number; of: Value }
  | { object: number; of: Value }
  | { keys: [string, Value][] };

const nest = (kind: "arrays" | "objects" | "records", inner: unknown): unknown => {
  if (kind === "arrays") return [inner];
  if (kind === "objects") return { a: inner };
  return { requestContext: { requestId: "r" }, requestPayload: inner };
};

export const build = (value: Value): unknown => {
  if ("is" in value) return value.is;
  if ("text" in value) return value.text.repeat(value.times);
  if ("nested" in value) {
    let inner: unknown = null;
    for (let level = 0; level < value.levels; level += 1) inner = nest(value.nested, inner);
    return inner;
  }
  if ("array" in value) {
    const item = build(value.of);
    return Array.from({ length: value.array }, () => item);
  }
  // Object.fromEntries sets every key as JSON.parse does, __proto__ too.
  if ("object" in value) {
    const item = build(value.of);
    return Object.fromEntries(Array.from({ length: value.object }, (_each, index) => [`key ${index}`, item]));
  }
  return Object.fromEntries(value.keys.map(([key, of]) => [key, build(of)]));
};

/** Mostly small, for many inputs to be tried; up to what a synchronous invocation takes. */
const bytes = fc.oneof(
  { weight: 60, arbitrary: fc.nat(300) },
  { weight: 12, arbitrary: fc.constantFrom(1_000, 8_192, 70_000) },
  { weight: 3, arbitrary: fc.constantFrom(250_000, 262_144, 300_000) },
  { weight: 1, arbitrary: fc.constantFrom(1_000_000, 5_800_000) },
);
const count = fc.oneof(
  { weight: 40, arbitrary: fc.nat(20) },
  { weight: 4, arbitrary: fc.constantFrom(500, 501, 1_000, 1_001) },
  { weight: 1, arbitrary: fc.constantFrom(25_000, 100_000) },
);
const levels = fc.oneof(
  { weight: 16, arbitrary: fc.nat(12) },
  { weight: 3, arbitrary: fc.constantFrom(499, 500, 501, 1_000) },
  { weight: 1, arbitrary: fc.constantFrom(5_000, 10_000, 12_000) },
);

export const odd: unknown[] = [
  null,
  true,
  0,
  -1,
  7,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  " ",
  "0",
  "auth",
  "__proto__",
  "constructor",
  "toString",
  "\ud800",
  "\u0000",
  "+275760-09-13T00:00:00.000Z",
  "-271821-04-20T00:00:00.000Z",
  "arn:aws:ecs:us-east-1:999999999999:cluster/engines",
  "launches/x.json",
  "payloads/../launches/x.json",
  [],
  {},
];

// A text of n bytes, whatever it is made of: what is escaped grows.
const text = fc
  .tuple(fc.constantFrom("x", '"', "\\", "\n", "\u0001", "ü", "\ud800", "😀", "arn:aws:ecs:"), bytes)
  .map(([of, size]): Value => ({ text: of, times: Math.ceil(size / Buffer.byteLength(of)) }));
const small = fc.oneof(fc.constantFrom(...odd), fc.jsonValue({ maxDepth: 2 })).map((is): Value => ({ is }));
const key = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "service",
  "id",
  "detail",
  "event",
  "eventReference",
  "requestPayload",
  "Records",
);

export const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 10, arbitrary: small },
  { weight: 6, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.record({ nested: fc.constantFrom("arrays", "objects", "records" as const), levels }),
  },
  { weight: 3, arbitrary: fc.record({ array: count, of: small }) },
  { weight: 2, arbitrary: fc.record({ object: count, of: small }) },
  {
    weight: 2,
    arbitrary: fc.record({ keys: fc.array(fc.tuple(key, small), { maxLength: 4 }) }),
  },
);
