import { CLASS, DOMAIN, LOCAL } from "../bytes";
import type { Match } from "../finding";
import type { Window } from "../window";

// RFC 5321, 4.5.3.1: 64 bytes before the @, 255 after it.
const maxLocal = 64;
const maxDomain = 255;
const maxLabel = 63;

/** Ends of names that look like a domain and are a file, a unit or a host inside a network. */
const noTopLevel = new Set(
  (
    "png jpg jpeg gif svg webp bmp ico avif heic tif tiff css scss less js mjs cjs jsx ts tsx vue json jsonl html htm xml " +
    "yml yaml toml ini cfg conf txt csv tsv log lock map pdf doc docx xls xlsx ppt pptx gz tgz tar rar bz2 jar war exe dll " +
    "bin iso img whl gem php asp aspx jsp java kt cpp hpp swift dart lua sql tf tfvars bak tmp mp3 mp4 wav woff woff2 ttf " +
    "eot service socket target timer mount slice internal local localhost localdomain lan corp home arpa"
  ).split(" "),
);

/** Reserved for examples and tests (RFC 2606, RFC 6761). */
const reserved = /(?:^|\.)(?:example\.(?:com|net|org|edu)|example|test|invalid)$/i;

const quote = 0x22;
const dot = 0x2e;
const hyphen = 0x2d;

/** The start of a local part in quotes that end before the @, or -1. */
const quotedStart = (window: Window, at: number): number => {
  const { bytes } = window;
  for (let index = at - 2; index >= at - maxLocal; index--) {
    const byte = bytes[index]!;
    if (byte === quote) return index < at - 2 ? index : -1;
    if (byte < 0x20 || byte === 0x40) return -1;
  }
  return -1;
};

/** The start of the local part before an @, or -1. */
const localStart = (window: Window, at: number): number => {
  const { bytes } = window;
  if (bytes[at - 1] === quote) return quotedStart(window, at);
  let start = at;
  while (at - start <= maxLocal && (CLASS[bytes[start - 1]!]! & LOCAL) !== 0) {
    if (bytes[start - 1] === dot && (bytes[start] === dot || start === at)) break;
    start--;
  }
  window.examined += at - start;
  // Quotes and punctuation before an address are not of it.
  while (start < at && (CLASS[bytes[start]!]! & DOMAIN) !== DOMAIN && bytes[start] !== 0x5f) start++;
  while (start < at && (bytes[start] === dot || bytes[start] === hyphen)) start++;
  return start === at || at - start > maxLocal ? -1 : start;
};

/** The end of the domain after an @, or -1. It has a dot, and two letters or more after the last one. */
const domainEnd = (window: Window, at: number): number => {
  const { bytes } = window;
  let end = at + 1;
  let labelStart = end;
  let lastGood = -1;
  let lastLabel = -1;
  while (end - at <= maxDomain) {
    const byte = bytes[end]!;
    const isPart = (CLASS[byte]! & DOMAIN) !== 0;
    if (isPart && byte !== dot) {
      end++;
      continue;
    }
    if (end === labelStart || end - labelStart > maxLabel || bytes[labelStart] === hyphen) break;
    // A hyphen at the end is punctuation, unless a dot follows it.
    let labelEnd = end;
    while (bytes[labelEnd - 1] === hyphen && labelEnd > labelStart) labelEnd--;
    if (labelEnd !== end && byte === dot) break;
    lastGood = labelEnd;
    lastLabel = labelStart;
    if (byte !== dot) break;
    end++;
    labelStart = end;
  }
  window.examined += end - at;
  return lastLabel > at + 1 && lastGood - lastLabel >= 2 ? lastGood : -1;
};

/** The name and password of a URL are before an @ too: `https://user:password@host.com`. */
const isInUrl = (window: Window, start: number): boolean => {
  const text = window.bytes.toString("latin1", Math.max(0, start - 80), start);
  window.examined += text.length;
  return /:\/\/[^\s/"'<>]*$/.test(text);
};

const topLevel = /\.(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|[a-z]*[^\0-\x7f][^.]*)$/i;

/** Examines what is around an @. */
export const findEmail = (window: Window, at: number): Match | undefined => {
  const { bytes } = window;
  const end = domainEnd(window, at);
  if (end === -1) return undefined;
  const domain = bytes.toString("latin1", at + 1, end);
  const top = topLevel.exec(domain)?.[0].slice(1).toLowerCase();
  if (top === undefined || noTopLevel.has(top)) return undefined;
  const start = localStart(window, at);
  if (start === -1 || isInUrl(window, start)) return undefined;
  const match = { type: "email", start, end } as const;
  if (reserved.test(domain)) return { ...match, confidence: "low", note: "domain of examples" };
  // git@github.com:organization/repository names a repository.
  if (bytes[end] === 0x3a && window.bytes.toString("latin1", start, at) === "git")
    return { ...match, confidence: "low", note: "address of a repository" };
  return { ...match, confidence: "high" };
};
