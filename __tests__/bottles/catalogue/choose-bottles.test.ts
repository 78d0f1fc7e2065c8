import fc from "fast-check";
import { chooseBottles } from "../../../bottles/catalogue/choose-bottles";
import type { Formula } from "../../../bottles/catalogue/formula";
import { findMatchingTag, olderTags, tagForm } from "../../../bottles/catalogue/platforms";

const formula = (name: string, ...tags: string[]): Formula => ({
  name,
  version: "1.0",
  rebuild: 0,
  files: Object.fromEntries(
    tags.map((tag) => [tag, { url: `https://ghcr.io/v2/homebrew/core/${name}/blobs/${tag}`, sha256: tag }]),
  ),
});

const tagsOf = (formulae: readonly Formula[], ...platforms: string[]) =>
  chooseBottles(formulae, platforms).bottles.map(({ formula, tag }) => `${formula} ${tag}`);

test("a client takes the bottle of its platform, else that for all, else that of an older macOS", () => {
  const formulae = [
    formula("own", "arm64_tahoe", "arm64_sequoia", "all"),
    formula("everywhere", "all", "arm64_sonoma"),
    formula("older", "arm64_ventura", "arm64_sonoma", "sequoia", "arm64_linux"),
    formula("newer", "arm64_golden_gate"),
    formula("intel", "tahoe"),
    formula("linux", "x86_64_linux"),
  ];
  expect(tagsOf(formulae, "arm64_tahoe")).toEqual([
    "own arm64_tahoe",
    "everywhere all",
    "older arm64_sonoma",
  ]);
  expect(tagsOf(formulae, "tahoe")).toEqual(["own all", "everywhere all", "older sequoia", "intel tahoe"]);
  expect(tagsOf(formulae, "x86_64_linux")).toEqual(["own all", "everywhere all", "linux x86_64_linux"]);
  expect(tagsOf(formulae, "all")).toEqual(["own all", "everywhere all"]);
});

test("a bottle that several platforms take is there once, and formulae without one are counted", () => {
  const formulae = [formula("everywhere", "all"), formula("linux", "x86_64_linux")];
  const { bottles, withoutBottle } = chooseBottles(formulae, ["arm64_tahoe", "arm64_sonoma", "x86_64_linux"]);
  expect(bottles).toHaveLength(2);
  expect(withoutBottle).toEqual({ arm64_tahoe: 1, arm64_sonoma: 1, x86_64_linux: 0 });
});

test("a misspelt platform is named, with those that there are", () => {
  const formulae = Array.from({ length: 40 }, (_, index) => formula(`f${index}`, "arm64_sequoia", "all"));
  const { warnings } = chooseBottles(formulae, ["arm64_sequioa", "arm64_sequoia"]);
  expect(warnings).toEqual([
    "TARGET_PLATFORMS: 0 of 40 formulae have a bottle for arm64_sequioa; the catalogue has arm64_sequoia, all",
  ]);
  expect(() => chooseBottles(formulae, ["arm64_sequioa"])).toThrow(
    "TARGET_PLATFORMS: expected platforms of the catalogue (arm64_sequoia, all), found arm64_sequioa",
  );
});

test("a platform that is no longer built is warned of, from 5 % on it is not", () => {
  const formulae = Array.from({ length: 100 }, (_, index) =>
    formula(
      `f${index}`,
      "arm64_tahoe",
      ...(index < 4 ? ["arm64_ventura"] : []),
      ...(index < 5 ? ["monterey"] : []),
    ),
  );
  const { warnings } = chooseBottles(formulae, ["arm64_tahoe", "arm64_ventura", "monterey", "all"]);
  expect(warnings).toEqual([expect.stringContaining("4 of 100 formulae have a bottle for arm64_ventura")]);
});

test.each(["arm64_tahoe", "tahoe", "x86_64_linux", "all", "arm64_a_new_name"])("%s is a platform", (tag) => {
  expect(tagForm.test(tag)).toBe(true);
});
test.each(["", "Arm64_tahoe", "arm64-tahoe", "arm64_", "14", "a b"])("%j is none", (tag) => {
  expect(tagForm.test(tag)).toBe(false);
});

const releases = ["golden_gate", "tahoe", "sequoia", "sonoma", "ventura", "monterey", "big_sur", "catalina"];
const tags = [...releases, ...releases.map((each) => `arm64_${each}`), "arm64_linux", "x86_64_linux", "all"];

test("whatever a formula has, a client gets a bottle that runs on it, and one if there is any", () => {
  const isArm = (tag: string) => tag.startsWith("arm64_");
  const release = (tag: string) => releases.indexOf(tag.replace("arm64_", ""));
  const runsOn = (platform: string, tag: string): boolean =>
    tag === platform ||
    tag === "all" ||
    (release(platform) >= 0 && isArm(tag) === isArm(platform) && release(tag) > release(platform));
  fc.assert(
    fc.property(
      fc.constantFrom(...tags.filter((tag) => tag !== "all")),
      fc.uniqueArray(fc.constantFrom(...tags)),
      (platform, offered) => {
        const files = Object.fromEntries(offered.map((tag) => [tag, {}]));
        const found = findMatchingTag(platform, files);
        const fitting = offered.filter((tag) => runsOn(platform, tag));
        if (fitting.length === 0) expect(found).toBeUndefined();
        else expect(fitting).toContain(found);
        if (offered.includes(platform)) expect(found).toBe(platform);
        // Of older ones the newest.
        if (found !== undefined && found !== platform && found !== "all")
          expect(fitting.every((tag) => release(tag) >= release(found))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test("a release that is not known has no older ones", () => {
  expect(olderTags("arm64_a_new_name")).toEqual([]);
  expect(olderTags("x86_64_linux")).toEqual([]);
});
