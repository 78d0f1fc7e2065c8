/** Key of the file in the mirror's bucket. */
export const hashFileKey = "bottles_hash.json";

/** The version of the file that this code writes. A file without a version is read as well. */
export const schemaVersion = 1;

/** What the file says about a bottle. The first three fields are enough; more are kept as they are. */
export type HashEntry = {
  /** Of the bottle's bytes, as 64 hexadecimal digits in lower case. */
  sha256: string;
  /** When it was mirrored: `2026-11-29`. */
  download_date: string;
  /** In bytes. */
  file_size: number;
  formula?: string;
  /** With revision: `8.14.1_2`. */
  version?: string;
  rebuild?: number;
  tag?: string;
  /** Key of the bottle in the mirror's bucket. */
  key?: string;
};

/**
 * `bottles_hash.json`: what the mirror has, for people and their programs. It is a cache of the bucket: whether a bottle is
 * mirrored is decided by its object, never by this file.
 */
export type HashFile = {
  /** By `<formula>-<version>-<tag>`. Such a key is never split again: names and versions have hyphens. */
  entries: Map<string, HashEntry>;
  /** Entries that cannot be read, and are written back as they are. */
  unreadable: Map<string, unknown>;
  /** Further fields of the file, which are written back as they are. */
  rest: Record<string, unknown>;
};

export const emptyHashFile = (): HashFile => ({ entries: new Map(), unreadable: new Map(), rest: {} });
