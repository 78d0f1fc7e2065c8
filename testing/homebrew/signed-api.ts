import { constants, createSign, generateKeyPairSync } from "node:crypto";
import { formulaPath, packagesPathOf } from "../../bottles/api-files/api-paths";
import type { Bottle } from "../../bottles/bottle";
import { bottlesOf } from "../../bottles/catalogue/choose-bottles";
import type { Formula } from "../../bottles/catalogue/formula";
import { findMatchingTag } from "../../bottles/catalogue/platforms";

export type SignOptions = { kid?: string; alg?: string; b64?: boolean };

/** A key pair of its own, which signs files as Homebrew does. */
export const createSigner = () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    /** A signed file with this payload. */
    sign(payload: string, { kid = "homebrew-1", alg = "PS512", b64 = false }: SignOptions = {}): string {
      const header = Buffer.from(JSON.stringify({ alg, b64, crit: ["b64"] })).toString("base64url");
      const signature = createSign("sha512").update(`${header}.${payload}`).sign(
        {
          key: privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        },
        "base64url",
      );
      // A file can have signatures of several keys.
      const other = { protected: header, header: { kid: "other" }, signature: "c2lnbmF0dXJl" };
      return JSON.stringify({
        payload,
        signatures: [other, { protected: header, header: { kid }, signature }],
      });
    },
  };
};
export type Signer = ReturnType<typeof createSigner>;

const splitVersion = (version: string): { stable: string; revision: number } => {
  const [, stable = version, revision = "0"] = /^(.*?)(?:_(\d+))?$/.exec(version) ?? [];
  return { stable, revision: Number(revision) };
};

/** Formulae of bottles, as a mirror reads them of the catalogue. */
export const formulaeOf = (bottles: readonly Bottle[]): Formula[] => {
  const byName = new Map<string, Bottle[]>();
  for (const bottle of bottles) byName.set(bottle.formula, [...(byName.get(bottle.formula) ?? []), bottle]);
  return [...byName].map(([name, some]) => ({
    name,
    version: some[0]!.version,
    rebuild: some[0]!.rebuild,
    files: Object.fromEntries(some.map(({ tag, url, sha256 }) => [tag, { url, sha256 }])),
  }));
};

/** A formula of a packages file: what is empty or zero is left out, and a tag is a Ruby symbol. */
const toPackage = ({ version, rebuild, files }: Formula, platform: string) => {
  const { stable, revision } = splitVersion(version);
  const tag = findMatchingTag(platform, files);
  return {
    desc: "A formula",
    stable_version: stable,
    ...(revision > 0 && { revision }),
    ...(rebuild > 0 && { bottle_rebuild: rebuild }),
    ...(tag !== undefined && { bottle_checksum: files[tag]!.sha256 }),
    ...(tag !== undefined && tag !== platform && { bottle_tag: `:${tag}` }),
  };
};

/** The payload of `internal/packages.<platform>.jws.json`. */
export const toPackages = (formulae: readonly Formula[], platform: string): string =>
  JSON.stringify({
    metadata: { homebrew_version: "6.0.18", bottle_tag: platform, generated_at: 1_764_000_000 },
    formulae: Object.fromEntries(formulae.map((formula) => [formula.name, toPackage(formula, platform)])),
    casks: { firefox: { version: "145.0" } },
    formula_aliases: {},
  });

/** The payload of `formula.jws.json`. */
const toFormulaList = (formulae: readonly Formula[]): string =>
  JSON.stringify(
    formulae.map((formula) => {
      const { stable, revision } = splitVersion(formula.version);
      const files = Object.fromEntries(
        bottlesOf(formula).map(({ tag, url, sha256 }) => [tag, { cellar: ":any", url, sha256 }]),
      );
      return {
        name: formula.name,
        versions: { stable, head: null, bottle: true },
        revision,
        bottle: { stable: { rebuild: formula.rebuild, files } },
      };
    }),
  );

/** The signed files of the API for some platforms, by their path. */
export const createApiFiles = (
  bottles: readonly Bottle[],
  platforms: readonly string[],
  { sign }: Signer,
): Map<string, string> => {
  const formulae = formulaeOf(bottles);
  return new Map([
    ...platforms.map((platform) => [packagesPathOf(platform), sign(toPackages(formulae, platform))] as const),
    [formulaPath, sign(toFormulaList(formulae))],
    ["cask.jws.json", sign("[]")],
  ]);
};
