/** What is wrong with the settings, all of it at once: one line for each problem, in the order of files and lines. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super([...problems].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join("\n"));
    this.name = "SettingsError";
  }
}

/** The value for a message: short, and recognisable in the file. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  return JSON.stringify(value);
}

/** `"a", "b" or "c"`. */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name));
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** What to say about a name that is not among the allowed ones: the one that was probably meant, then all. */
export function suggest(name: string, allowed: readonly string[]): string {
  const [nearest] = allowed
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  const meant = nearest ? `did you mean "${nearest.candidate}"? ` : "";
  return `${meant}Allowed here: ${[...allowed].sort().join(", ")}`;
}

/** How many single characters must be inserted, deleted or replaced to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (char === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
