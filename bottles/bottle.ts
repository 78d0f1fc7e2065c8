/** A bottle as the catalogue names it: a gzip tarball of one formula, built for one platform. */
export type Bottle = {
  /** Name of the formula: `curl`, `openssl@3`, `gtk+3`. */
  formula: string;
  /** Version and revision of the formula: `8.14.1`, `8.14.1_2`. */
  version: string;
  /** How often it was built again at this version. 0: never. */
  rebuild: number;
  /** The platform: `arm64_tahoe`, `x86_64_linux`, or `all` for every one. */
  tag: string;
  /** Complete URL of its blob in the registry. */
  url: string;
  /** Of its bytes, as 64 hexadecimal digits in lower case. */
  sha256: string;
};

/** A bottle with its size in bytes, if the registry's index of the formula has it. */
export type SizedBottle = Bottle & { size: number | undefined };
