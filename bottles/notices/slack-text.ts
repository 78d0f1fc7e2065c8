const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Text as Slack takes it, with the three characters escaped that Slack reads, and cut so that it has at most `max` characters
 * when it is escaped.
 */
export const toSlackText = (text: string, max: number): string => {
  let escaped = "";
  // Control characters besides the end of a line have no place in a message.
  for (const character of text.replaceAll(/[^\P{C}\n]/gu, " ")) {
    const next = escapes[character] ?? character;
    // The room of the ellipsis is kept free.
    if (escaped.length + next.length > max - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
};
