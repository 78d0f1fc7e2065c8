import type { Bottle } from "./bottle";

type Built = Pick<Bottle, "formula" | "version" | "rebuild" | "tag">;

/** The folder of all formulae in Homebrew's registry, and so in a mirror. */
export const registryFolder = "v2/homebrew/core";

/** The formula's name in the registry: `openssl@3` is `openssl/3`, `gtk+3` is `gtkx3`. */
export const imageOf = (formula: string): string => formula.replaceAll("@", "/").replaceAll("+", "x");

/** The reference of a formula's index, which lists its bottles: `8.14.1`, `8.14.1_2-1`. */
export const indexReferenceOf = ({ version, rebuild }: Pick<Built, "version" | "rebuild">): string =>
  rebuild === 0 ? version : `${version}-${rebuild}`;

/** The name of a bottle in its formula's index: `8.14.1.arm64_tahoe`, `8.14.1_2.arm64_tahoe.1`. */
export const indexEntryOf = ({ version, rebuild, tag }: Built): string =>
  rebuild === 0 ? `${version}.${tag}` : `${version}.${tag}.${rebuild}`;

/** The name of a bottle's file: `curl-8.14.1_2.arm64_tahoe.bottle.1.tar.gz`. */
export const fileNameOf = ({ formula, version, rebuild, tag }: Built): string =>
  `${formula}-${version}.${tag}.bottle${rebuild === 0 ? "" : `.${rebuild}`}.tar.gz`;

/** URL of a formula's index, beside the blobs of its bottles. */
export const indexUrlOf = ({ url, version, rebuild }: Bottle): string =>
  `${url.slice(0, url.lastIndexOf("/blobs/"))}/manifests/${indexReferenceOf({ version, rebuild })}`;

/**
 * Key of a bottle in the mirror. It is the path that clients with `HOMEBREW_ARTIFACT_DOMAIN` ask for, and has the digest of
 * the bytes: what is there is right, and is never overwritten.
 */
export const blobKeyOf = ({ formula, sha256 }: Pick<Bottle, "formula" | "sha256">): string =>
  `${registryFolder}/${imageOf(formula)}/blobs/sha256:${sha256}`;

/** Key of a formula's index in the mirror, as clients with `HOMEBREW_ARTIFACT_DOMAIN` ask for it. */
export const indexKeyOf = ({
  formula,
  version,
  rebuild,
}: Pick<Bottle, "formula" | "version" | "rebuild">): string =>
  `${registryFolder}/${imageOf(formula)}/manifests/${indexReferenceOf({ version, rebuild })}`;

/** Folder of the mirror's own files, which clients do not read: plans, the lease, what was last seen. */
export const ownFolder = "sync/";
