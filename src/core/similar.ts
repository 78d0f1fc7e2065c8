/** Those of `candidates` that are most like `name`, best first, `count` at most. */
export const mostSimilar = (name: string, candidates: readonly string[], count: number): string[] =>
  candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);

/** Levenshtein distance of `a` and `b`. */
export function editDistance(a: string, b: string): number {
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
