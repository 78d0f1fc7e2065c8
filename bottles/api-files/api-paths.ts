/** Folder of the API in a mirror: clients have `HOMEBREW_API_DOMAIN=https://<mirror>/api`. */
export const apiFolder = "api/";

/** Path of the file that clients of brew 6 and later read, below the API's URL. */
export const packagesPathOf = (platform: string): string => `internal/packages.${platform}.jws.json`;

/** The platform of such a file; undefined for other files. */
export const platformOfPath = (path: string): string | undefined =>
  /^internal\/packages\.([a-z0-9_]+)\.jws\.json$/.exec(path)?.[1];

/** The file with all formulae that clients of brew 4 and 5 read. */
export const formulaPath = "formula.jws.json";

/** Whether a file is signed. */
export const isSigned = (path: string): boolean => path.endsWith(".jws.json");
