import { quote } from "../../shared/text";
import { coversEntry } from "./covers";
import { findDeadParts } from "./dead-parts";
import { findLines, type JsonLines } from "./json-lines";
import { lintPolicy } from "./lint-policy";
import type { Mapping, Mappings } from "./mappings";
import { readMappings } from "./parse-mappings";

export type LintMessage = { level: "error" | "warning"; line: number; message: string };

/** Contents of policy files by their key in the policy bucket. */
export type PolicyFiles = ReadonlyMap<string, string>;

type Report = (level: LintMessage["level"], line: number, message: string) => void;

const lineOfSyntaxError = (text: string, message: string, lines: JsonLines): number => {
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? text.split("\n").length : lines.lineOf(Number(position));
};

/** Entries of a file in the order in which they are tried, with their lines. */
type Located = { entry: Mapping; line: number };

const locate = ({ version, entries }: Mappings, text: string, lines: JsonLines): readonly Located[] => {
  const { mappings } = JSON.parse(text) as { mappings: { id?: string }[] };
  return entries.map((entry, index) => {
    const inFile = version === "1.0" ? index : mappings.findIndex(({ id }) => id === entry.id);
    return { entry, line: lines.lineAt(["mappings", inFile]) };
  });
};

const lintEntries = (version: Mappings["version"], located: readonly Located[], report: Report): void => {
  located.forEach(({ entry, line }, index) => {
    const name = `entry ${quote(entry.id)}`;
    if (!entry.enabled) {
      report("warning", line, `${name} is not enabled.`);
      return;
    }
    for (const part of findDeadParts(version, entry)) report("warning", line, `${name}: ${part}.`);
    const earlier = located
      .slice(0, index)
      .find(({ entry: other }) => other.enabled && !other.continue && coversEntry(version, other, entry));
    if (earlier !== undefined)
      report(
        "warning",
        line,
        `${name} is never reached: ${quote(earlier.entry.id)} in line ${earlier.line} is tried before it and takes the same findings.`,
      );
    if (entry.scope === "account")
      report("warning", line, `${name} runs its policy on the whole account of a finding (scope: account).`);
  });
};

/** The line of each policy key, where the file names it first. */
const findPolicyKeys = (
  { defaultPolicy }: Mappings,
  located: readonly Located[],
  lines: JsonLines,
): ReadonlyMap<string, number> => {
  const named = located.map(({ entry, line }) => [entry.policy.key, line] as const);
  if (defaultPolicy !== undefined) named.push([defaultPolicy, lines.lineAt(["default_policy"])]);
  // Of two values of a key, a map takes the last one.
  return new Map(named.sort(([, one], [, other]) => other - one));
};

const lintPolicies = (keys: ReadonlyMap<string, number>, files: PolicyFiles, report: Report): void => {
  for (const [key, line] of keys) {
    const text = files.get(key);
    if (text === undefined) {
      report("error", line, `policy file ${quote(key)} is missing.`);
      continue;
    }
    const { errors, warnings } = lintPolicy(text);
    for (const message of errors) report("error", line, `policy file ${quote(key)}: ${message}.`);
    for (const message of warnings) report("warning", line, `policy file ${quote(key)}: ${message}.`);
  }
};

// Version 1.0 leaves out each *, wherever it stands, and looks for the rest.
const isMisleading = (item: string): boolean => item.includes("*") && !/^(\*[^*]*\*|\*)$/.test(item);

const lintV1 = (
  { defaultPolicy }: Mappings,
  located: readonly Located[],
  lines: JsonLines,
  report: Report,
): void => {
  report(
    "warning",
    lines.lineAt(["version"]),
    "version 1.0 is read as it is; 2.0 has exclusions, severities and scopes.",
  );
  if (defaultPolicy !== undefined)
    report(
      "warning",
      lines.lineAt(["default_policy"]),
      "default_policy is not run on findings that no entry matches, unless the function is told to use it.",
    );
  for (const { entry, line } of located) {
    const name = `entry ${quote(entry.id)}`;
    for (const item of (entry.match.finding_type ?? []).filter(isMisleading))
      report(
        "warning",
        line,
        `${name}: finding_type: ${quote(item)} matches every type that contains ${quote(item.replaceAll("*", ""))}; version 2.0 says so with a * on both sides.`,
      );
    if (Object.keys(entry.match).length === 0) report("warning", line, `${name} matches every finding.`);
  }
};

/**
 * Checks a mapping file: its schema, entries that are never reached or match nothing, and its policy files.
 * @param policyFiles policy files by their key; absent: they are not checked
 */
export const lintMappings = (text: string, policyFiles?: PolicyFiles): readonly LintMessage[] => {
  const messages: LintMessage[] = [];
  const report: Report = (level, line, message) => messages.push({ level, line, message });
  const lines = findLines(text);
  const parsed = readMappings(text);
  for (const line of lines.duplicateFields) report("error", line, "a field is in its object twice.");
  if ("problems" in parsed) {
    for (const { path, message } of parsed.problems)
      report(
        "error",
        path.length > 0 ? lines.lineAt(path) : lineOfSyntaxError(text, message, lines),
        `${message}.`,
      );
  } else {
    const located = locate(parsed.mappings, text, lines);
    if (parsed.mappings.version === "1.0") lintV1(parsed.mappings, located, lines, report);
    lintEntries(parsed.mappings.version, located, report);
    if (policyFiles !== undefined)
      lintPolicies(findPolicyKeys(parsed.mappings, located, lines), policyFiles, report);
  }
  return messages.sort((one, other) => one.line - other.line);
};
