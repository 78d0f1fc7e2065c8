import fc from "fast-check";
import { matchesGlob } from "../../../../handlers/run-policy/mappings/glob";

test.each<[string, string, boolean]>([
  ["abc", "abc", true],
  ["abc", "abcd", false],
  ["abc", "xabc", false],
  ["a*", "a", true],
  ["a*", "abc", true],
  ["*c", "abc", true],
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["?", "", false],
  ["a*b*c", "a1b2b3c", true],
  ["a*b*c", "a1c2b3", false],
  ["**a**", "bab", true],
  ["a.c", "abc", false],
  ["[a]", "a", false],
  ["(a+)+$", "aaaa", false],
])("%j and %j: %s", (glob, text, matches) => {
  expect(matchesGlob(glob, text)).toBe(matches);
});

const piece = fc.constantFrom("a", "b", "aa", "ab", "*", "?", ".", "(", "\\", "\n");
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

test("matches as an anchored regular expression would", () => {
  fc.assert(
    fc.property(text, text, (glob, subject) => {
      const form = glob
        .replaceAll(/[.()\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
      expect(matchesGlob(glob, subject)).toBe(new RegExp(`^${form}$`, "s").test(subject));
    }),
    { numRuns: 5_000 },
  );
});

/** A text that counts how often its characters are read. */
const counting = (text: string): { text: ArrayLike<string>; reads: () => number } => {
  let reads = 0;
  const read = (_target: object, key: string | symbol): unknown => {
    if (key === "length") return text.length;
    reads += 1;
    return text[Number(key)];
  };
  return { text: new Proxy<ArrayLike<string>>([], { get: read }), reads: () => reads };
};

test("takes time in proportion to the text, whatever the glob", () => {
  const hostile = fc.constantFrom("a*", "*a", "a?", "?*", "*aa*", "a*a*a*b");
  fc.assert(
    fc.property(
      hostile,
      fc.integer({ min: 1, max: 36 }),
      fc.integer({ min: 1, max: 2_048 }),
      (part, times, length) => {
        const glob = part.repeat(times);
        const { text, reads } = counting("a".repeat(length));
        matchesGlob(glob, text);
        expect(reads()).toBeLessThanOrEqual((glob.length + 1) * (length + 1));
      },
    ),
    { numRuns: 60 },
  );
});
