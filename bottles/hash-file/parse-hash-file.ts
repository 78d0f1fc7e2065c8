import * as v from "valibot";
import { PermanentError } from "../../handlers/shared/failures";
import { fromJson, toJson } from "../../handlers/shared/json";
import { describeIssues, describeValue, plainObject } from "../../handlers/shared/schema";
import { truncateName } from "../../handlers/shared/text";
import { type HashEntry, type HashFile, schemaVersion } from "./hash-file";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0, "expected a number from 0"));

const entry = v.looseObject({
  sha256: v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")),
  download_date: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d/, "expected a date, such as 2026-11-29")),
  file_size: count,
});

const root = v.pipe(
  plainObject,
  v.looseObject({
    schema_version: v.optional(v.literal(schemaVersion, `expected ${schemaVersion} or nothing`)),
    bottles: plainObject,
  }),
);

export type ParsedHashFile = {
  file: HashFile;
  /** One line for each entry that cannot be read. */
  problems: string[];
};

/**
 * Parses the file. An entry that cannot be read is reported, and does not lose the others.
 * @throws PermanentError("DamagedHashFile") when the text is no JSON object, PermanentError("ForeignHashFile") when it is
 * one of another kind or version
 */
export const parseHashFile = (text: string): ParsedHashFile => {
  const json = fromJson(text);
  if (!v.is(plainObject, json))
    throw new PermanentError("DamagedHashFile", "hash file: expected a JSON object, found other text");
  const result = v.safeParse(root, json);
  if (!result.success)
    throw new PermanentError("ForeignHashFile", describeIssues(result.issues, "hash file"));
  const { bottles, schema_version: _, last_updated: __, ...rest } = result.output;
  const file: HashFile = { entries: new Map(), unreadable: new Map(), rest };
  const problems: string[] = [];
  for (const [key, value] of Object.entries(bottles)) {
    const parsed = v.safeParse(entry, value);
    if (parsed.success) {
      file.entries.set(key, parsed.output as HashEntry);
      continue;
    }
    file.unreadable.set(key, value);
    const where = `bottles.${truncateName(key)}`;
    problems.push(
      typeof value === "object" && value !== null
        ? `${where}.${describeIssues(parsed.issues, "entry")}`
        : `${where}: expected an object, found ${describeValue(value)}`,
    );
  }
  return { file, problems };
};

/** The file's text. Entries are sorted, so that two versions can be compared line by line. */
export const serializeHashFile = ({ entries, unreadable, rest }: HashFile, now: number): string => {
  const bottles = [...unreadable, ...entries].sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = bottles.map(([key, value]) => `    ${JSON.stringify(key)}: ${toJson(value)}`);
  const head = {
    schema_version: schemaVersion,
    last_updated: new Date(now).toISOString().replace(/\.\d+Z$/, "Z"),
    ...rest,
  };
  // Each entry in a line of its own. A __proto__ among the keys stays a key.
  const members = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${toJson(value)}`);
  const body = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
  return `{\n${[...members, `  "bottles": ${body}`].join(",\n")}\n}\n`;
};
