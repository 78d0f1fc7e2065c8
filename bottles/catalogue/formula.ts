/** What a mirror needs to know about a formula that has bottles. */
export type Formula = {
  /** `curl`, `openssl@3`, `gtk+3`. */
  name: string;
  /** With revision: `8.14.1_2`. */
  version: string;
  /** How often its bottles were built again at this version. 0: never. */
  rebuild: number;
  /** By tag. */
  files: Readonly<Record<string, BottleFile>>;
};

export type BottleFile = {
  /** Complete URL of the blob in the registry. */
  url: string;
  /** Of its bytes, as 64 hexadecimal digits in lower case. */
  sha256: string;
};

/** A catalogue that is plausible. */
export type Catalogue = {
  formulae: readonly Formula[];
  /** Of the answer that had it; undefined if it had none. */
  etag: string | undefined;
  /** One line for each formula that cannot be read. What the last catalogue said about it is kept. */
  problems: readonly string[];
};
