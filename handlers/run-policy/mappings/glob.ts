/**
 * Whether a glob matches the whole of a text: `*` stands for any characters, `?` for one. Both are in lower case. There is
 * no backtracking beyond the last `*`, so it takes at most (length of the glob + 1) × (length of the text + 1) steps.
 */
export const matchesGlob = (glob: string, text: ArrayLike<string>): boolean => {
  let at = 0;
  let inGlob = 0;
  // Where to go on when the characters after the last `*` do not match.
  let lastStar = -1;
  let afterStar = 0;
  while (at < text.length) {
    if (glob[inGlob] === "*") {
      lastStar = inGlob;
      afterStar = at;
      inGlob += 1;
    } else if (inGlob < glob.length && (glob[inGlob] === "?" || glob[inGlob] === text[at])) {
      at += 1;
      inGlob += 1;
    } else if (lastStar >= 0) {
      afterStar += 1;
      at = afterStar;
      inGlob = lastStar + 1;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === "*") inGlob += 1;
  return inGlob === glob.length;
};
