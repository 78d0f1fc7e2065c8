const counts = new Uint8Array(256);

/** Shannon entropy of a short text of ASCII, in bits for each character. */
export const entropy = (text: string): number => {
  for (let index = 0; index < text.length; index++) counts[text.charCodeAt(index)]!++;
  let sum = 0;
  for (let index = 0; index < text.length; index++) {
    const count = counts[text.charCodeAt(index)]!;
    if (count > 0) sum -= (count / text.length) * Math.log2(count / text.length);
    // Counted once, and zero again for the next text.
    counts[text.charCodeAt(index)] = 0;
  }
  return sum;
};
