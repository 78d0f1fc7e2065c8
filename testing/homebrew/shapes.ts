import { indexEntryOf } from "../../bottles/names";
import type { Corpus, CorpusBottle } from "./corpus";

const splitRevision = (version: string): { stable: string; revision: number } => {
  const [, stable = version, revision = "0"] = /^(.*?)(?:_(\d+))?$/.exec(version) ?? [];
  return { stable, revision: Number(revision) };
};

/** A formula as formula.json has it, with the fields that a mirror reads and some that it does not. */
const toFormula = (
  bottles: readonly CorpusBottle[],
  urlOf: (bottle: CorpusBottle) => string,
  rootUrl: string,
) => {
  const { formula: name, version, rebuild } = bottles[0]!;
  const { stable, revision } = splitRevision(version);
  const files = bottles.map((bottle) => [
    bottle.tag,
    { cellar: ":any_skip_relocation", url: urlOf(bottle), sha256: bottle.sha256 },
  ]);
  return {
    name,
    full_name: name,
    tap: "homebrew/core",
    aliases: [],
    oldnames: [],
    versioned_formulae: [],
    desc: `Formula ${name}`,
    versions: { stable, head: null, bottle: true },
    revision,
    version_scheme: 0,
    bottle: { stable: { rebuild, root_url: rootUrl, files: Object.fromEntries(files) } },
    dependencies: [],
    deprecated: false,
    disabled: false,
    variations: {},
  };
};

/** formula.json: without sizes, as the real one. */
export const toCatalogue = (
  { bottles }: Corpus,
  urlOf: (bottle: CorpusBottle) => string,
  rootUrl: string,
): object[] => {
  const byFormula = new Map<string, CorpusBottle[]>();
  for (const bottle of bottles)
    byFormula.set(bottle.formula, [...(byFormula.get(bottle.formula) ?? []), bottle]);
  return [...byFormula.values()].map((ofFormula) => toFormula(ofFormula, urlOf, rootUrl));
};

/** The index of a formula, which lists its bottles with their sizes. */
export const toIndex = (bottles: readonly CorpusBottle[]): string =>
  JSON.stringify({
    schemaVersion: 2,
    manifests: bottles.map((bottle) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${bottle.sha256.split("").reverse().join("")}`,
      size: 1_000,
      platform: { architecture: "arm64", os: "darwin" },
      annotations: {
        "org.opencontainers.image.ref.name": indexEntryOf(bottle),
        "sh.brew.bottle.digest": bottle.sha256,
        "sh.brew.bottle.size": String(bottle.size),
        "sh.brew.bottle.installed_size": String(bottle.size * 3),
      },
    })),
    annotations: { "org.opencontainers.image.title": `homebrew/core/${bottles[0]!.formula}` },
  });
