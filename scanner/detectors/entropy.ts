const counts = new Uint8Array(256);

/** Shannon entropy of a short text of ASCII, in bits for each character. */
export const entropy = (text: string): number => {
  counts.fill(0);
  for (let index = 0; index < text.length; index++) counts[text.charCodeAt(index)]!++;
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
};
