import type { Bottle } from "../bottle";
import { blobKeyOf } from "../names";
import type { HashEntry } from "./hash-file";

/** A bottle that the mirror has. */
export type MirroredBottle = Omit<Bottle, "url"> & {
  /** In bytes. */
  size: number;
  /** When its object was written, in ms since 1970. */
  mirroredAt: number;
};

/** Key of a bottle in the file: `curl-8.14.1_2-arm64_tahoe`. A rebuild replaces the entry. */
export const entryKeyOf = ({ formula, version, tag }: Pick<Bottle, "formula" | "version" | "tag">): string =>
  `${formula}-${version}-${tag}`;

export const toEntry = (bottle: MirroredBottle): HashEntry => {
  const { sha256, size, mirroredAt, formula, version, rebuild, tag } = bottle;
  return {
    sha256,
    download_date: new Date(mirroredAt).toISOString().slice(0, 10),
    file_size: size,
    formula,
    version,
    rebuild,
    tag,
    key: blobKeyOf(bottle),
  };
};
