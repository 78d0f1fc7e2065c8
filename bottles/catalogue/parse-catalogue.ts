import * as v from "valibot";
import { PermanentError } from "../../handlers/shared/failures";
import { fromJson } from "../../handlers/shared/json";
import { describeIssues, describeValue } from "../../handlers/shared/schema";
import { truncateName } from "../../handlers/shared/text";
import type { BottleFile, Formula } from "./formula";

const matching = (form: RegExp, what: string) => v.pipe(v.string(), v.regex(form, `expected ${what}`));

// Names and versions become parts of keys and URLs.
const formulaName = v.pipe(
  matching(/^[A-Za-z0-9][\w.+-]*(@[A-Za-z0-9][\w.+-]*)*$/, "a name such as curl, openssl@3 or gtk+3"),
  v.maxLength(128, "expected a name of at most 128 characters"),
);
// The registry takes no other references.
const version = matching(/^\w[\w.-]{0,119}$/, "a version of letters, digits and . _ -");
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0, "expected a number from 0"));

const file = v.object({
  url: matching(/^https?:\/\/[^\s/]+\/.+\/blobs\/[^\s/]+$/, "the URL of a blob"),
  sha256: v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")),
});

const withBottles = v.object({
  name: formulaName,
  versions: v.object({ stable: version }),
  revision: v.optional(count, 0),
  bottle: v.object({
    stable: v.object({ rebuild: v.optional(count, 0), files: v.record(v.string(), file) }),
  }),
});

const withoutBottles = v.union([
  v.object({ bottle: v.strictObject({}) }),
  // A formula that only HEAD can build.
  v.object({ versions: v.object({ stable: v.null() }), bottle: v.optional(v.strictObject({})) }),
]);

export type ParsedCatalogue = {
  /** Those that have bottles. */
  formulae: Formula[];
  /** Formulae that cannot be read, with their name if it can. */
  broken: { name: string | undefined; problem: string }[];
};

const toFormula = ({ name, versions, revision, bottle }: v.InferOutput<typeof withBottles>): Formula => ({
  name,
  version: revision === 0 ? versions.stable : `${versions.stable}_${revision}`,
  rebuild: bottle.stable.rebuild,
  files: bottle.stable.files as Record<string, BottleFile>,
});

const nameOf = (entry: unknown): string | undefined => {
  const { name } = Object(entry) as { name?: unknown };
  return typeof name === "string" ? name : undefined;
};

/** What was found in place of JSON: an HTML page says it by its first characters. */
const describeText = (text: string): string =>
  text.trim() === "" ? "nothing" : describeValue(text.trimStart().slice(0, 80));

/**
 * Parses `formula.json`. Fields that are not known do not matter, and a formula that cannot be read does not lose the others.
 * @throws PermanentError("MalformedCatalogue") when it is no JSON array
 */
export const parseCatalogue = (text: string): ParsedCatalogue => {
  const json = fromJson(text);
  if (!Array.isArray(json)) {
    const found = typeof json === "string" ? describeText(text) : describeValue(json);
    throw new PermanentError("MalformedCatalogue", `expected a JSON array of formulae, found ${found}`);
  }
  const parsed: ParsedCatalogue = { formulae: [], broken: [] };
  for (const [index, entry] of json.entries()) {
    const result = v.safeParse(withBottles, entry);
    if (result.success) {
      const formula = toFormula(result.output);
      if (Object.keys(formula.files).length > 0) parsed.formulae.push(formula);
    } else if (!v.is(withoutBottles, entry)) {
      const name = nameOf(entry);
      const where = name === undefined ? `[${index}]` : truncateName(name);
      parsed.broken.push({ name, problem: `${where}: ${describeIssues(result.issues, "formula")}` });
    }
  }
  return parsed;
};
