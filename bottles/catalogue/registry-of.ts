import type { Formula } from "./formula";

/** Origin of the registry that a catalogue names: https://ghcr.io. Undefined: the catalogue is empty. */
export const registryOf = (formulae: readonly Formula[]): string | undefined => {
  for (const { files } of formulae) for (const { url } of Object.values(files)) return new URL(url).origin;
  return undefined;
};
