/** Releases of macOS, newest first. The order is in Homebrew's `macos_version.rb`. */
const macosReleases = [
  "golden_gate",
  "tahoe",
  "sequoia",
  "sonoma",
  "ventura",
  "monterey",
  "big_sur",
  "catalina",
  "mojave",
  "high_sierra",
  "sierra",
  "el_capitan",
];

/** The tag of bottles that fit every platform. */
export const allTag = "all";

/** The form of a tag. New releases have names that are not known yet. */
export const tagForm = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

const armPrefix = "arm64_";

/**
 * Tags of the same architecture for older releases of macOS, newest first. A client takes their bottles when there is none
 * for its own release. Empty for Linux, and for a release that is not known.
 */
export const olderTags = (tag: string): string[] => {
  const isArm = tag.startsWith(armPrefix);
  const release = isArm ? tag.slice(armPrefix.length) : tag;
  const index = macosReleases.indexOf(release);
  if (index === -1) return [];
  const older = macosReleases.slice(index + 1);
  return isArm ? older.map((each) => armPrefix + each) : older;
};

/** The tag whose bottle a client of `tag` takes, of those there are: its own, `all`, or the newest older macOS. */
export const findMatchingTag = (tag: string, files: Readonly<Record<string, unknown>>): string | undefined =>
  [tag, allTag, ...olderTags(tag)].find((each) => Object.hasOwn(files, each));
