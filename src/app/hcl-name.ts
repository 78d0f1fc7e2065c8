/** A name in camelCase as it is in HCL. */
export const hclName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
