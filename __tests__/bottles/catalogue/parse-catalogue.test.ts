import fc from "fast-check";
import { bottlesOf } from "../../../bottles/catalogue/choose-bottles";
import { parseCatalogue } from "../../../bottles/catalogue/parse-catalogue";
import { blobKeyOf, indexKeyOf } from "../../../bottles/names";
import { PermanentError } from "../../../handlers/shared/failures";

const sha256 = "ab".repeat(32);
const url = `https://ghcr.io/v2/homebrew/core/openssl/3/blobs/sha256:${sha256}`;
const file = { cellar: ":any", url, sha256 };

const formula = (more: object = {}) => ({
  name: "openssl@3",
  full_name: "openssl@3",
  tap: "homebrew/core",
  versions: { stable: "3.5.1", head: null, bottle: true },
  revision: 0,
  version_scheme: 0,
  bottle: {
    stable: { rebuild: 0, root_url: "https://ghcr.io/v2/homebrew/core", files: { arm64_tahoe: file } },
  },
  variations: {},
  a_field_of_the_future: { deep: [1] },
  ...more,
});

const parse = (...entries: unknown[]) => parseCatalogue(JSON.stringify(entries));

test("reads what a mirror needs, in the shape of the real catalogue, which has no sizes", () => {
  expect(parse(formula())).toEqual({
    formulae: [{ name: "openssl@3", version: "3.5.1", rebuild: 0, files: { arm64_tahoe: { url, sha256 } } }],
    broken: [],
  });
});

test.each([
  [0, 0, "3.5.1"],
  [2, 0, "3.5.1_2"],
  [2, 1, "3.5.1_2"],
])("revision %d and rebuild %d are read", (revision, rebuild, version) => {
  const bottle = { stable: { rebuild, files: { all: file } } };
  expect(parse(formula({ revision, bottle })).formulae).toMatchObject([{ version, rebuild }]);
});

test.each(["gtk+3", "libsigc++@2", "python@3.14", "a52dec", "node.js", "lib_x-y"])(
  "takes the name %s",
  (name) => {
    expect(parse(formula({ name })).formulae).toMatchObject([{ name }]);
  },
);

test("a digest in capitals is the same digest", () => {
  const files = { all: { url, sha256: sha256.toUpperCase() } };
  expect(parse(formula({ bottle: { stable: { rebuild: 0, files } } })).formulae[0]?.files).toEqual({
    all: { url, sha256 },
  });
});

test("a formula without bottles is none that is broken", () => {
  const parsed = parse(
    formula({ bottle: {} }),
    formula({ bottle: { stable: { rebuild: 0, files: {} } } }),
    formula({ versions: { stable: null, head: "HEAD" }, bottle: {} }),
  );
  expect(parsed).toEqual({ formulae: [], broken: [] });
});

test.each<[string, object, string]>([
  [
    "name",
    { name: "../etc" },
    '../etc: name: expected a name such as curl, openssl@3 or gtk+3, found "../etc"',
  ],
  [
    "version",
    { versions: { stable: "1/2" } },
    "openssl@3: versions.stable: expected a version of letters, digits and . _ -",
  ],
  ["revision", { revision: -1 }, "openssl@3: revision: expected a number from 0, found -1"],
  ["bottle", { bottle: null }, "openssl@3: bottle: expected an object, found null"],
  [
    "digest",
    { bottle: { stable: { files: { all: { url, sha256: "12" } } } } },
    'openssl@3: bottle.stable.files.all.sha256: expected 64 hexadecimal digits, found "12"',
  ],
  [
    "URL",
    { bottle: { stable: { files: { all: { url: "file:///etc/passwd", sha256 } } } } },
    "openssl@3: bottle.stable.files.all.url: expected the URL of a blob",
  ],
])("a formula whose %s is broken is reported, and the others are read", (_part, more, problem) => {
  const parsed = parse(formula({ name: "curl" }), formula(more), formula({ name: "wget" }));
  expect(parsed.formulae.map(({ name }) => name)).toEqual(["curl", "wget"]);
  expect(parsed.broken).toEqual([{ name: expect.any(String), problem: expect.stringContaining(problem) }]);
});

test("an entry that is no object is reported by its place", () => {
  expect(parse(formula(), 7).broken).toEqual([
    { name: undefined, problem: "[1]: formula: expected an object, found 7" },
  ]);
});

test.each([
  ["<!DOCTYPE html><title>502</title>", 'found "<!DOCTYPE html>'],
  ["", "found nothing"],
  ['{"message":"moved"}', "found an object of 1"],
  ['[{"name":"curl"', 'found "[{'],
])("%j is refused", (text, found) => {
  expect(() => parseCatalogue(text)).toThrow("expected a JSON array of formulae");
  expect(() => parseCatalogue(text)).toThrow(found);
});

const oddText = fc.oneof(fc.string(), fc.constantFrom("..", ".", "a/../b", "", "1 2", "%2e"));
/** Mostly what is right, so that one odd field at a time gets as far as it can. */
const mostly = <T>(right: T, odd: fc.Arbitrary<unknown> = oddText) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(right) }, { weight: 1, arbitrary: odd });
const oddEntry = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  {
    weight: 4,
    arbitrary: fc
      .record({
        name: mostly("openssl@3"),
        stable: mostly("3.5.1"),
        revision: mostly(0, fc.jsonValue()),
        url: mostly(url),
        digest: mostly(sha256),
        tag: mostly("all").map(String),
      })
      .map(({ name, stable, revision, url, digest, tag }) =>
        formula({
          name,
          versions: { stable },
          revision,
          bottle: { stable: { rebuild: 0, files: { [tag]: { url, sha256: digest } } } },
        }),
      ),
  },
);

test("whatever a catalogue has, it is refused as a whole or leads to keys below the registry's folder only", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(oddEntry).map((entries) => JSON.stringify(entries)),
  );
  fc.assert(
    fc.property(text, (text) => {
      try {
        const { formulae, broken } = parseCatalogue(text);
        expect(broken.every(({ problem }) => problem.length < 2_000)).toBe(true);
        for (const bottle of formulae.flatMap(bottlesOf))
          for (const key of [blobKeyOf(bottle), indexKeyOf(bottle)])
            expect(key).toMatch(/^v2\/homebrew\/core\/(?!.*\/\.\.?(\/|$))[^\s?#%]+$/);
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
});
