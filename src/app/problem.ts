import { editDistance } from "../core/similar";

/** Error for invalid settings. The message has one line for each problem, sorted by file and line. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super([...problems].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join("\n"));
    this.name = "SettingsError";
  }
}

/** A short description of a value for a message. */
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

/** A hint for an unknown name: the most similar allowed name, then all allowed names. */
export function suggest(name: string, allowed: readonly string[]): string {
  const [nearest] = allowed
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  const meant = nearest ? `did you mean "${nearest.candidate}"? ` : "";
  return `${meant}Allowed here: ${[...allowed].sort().join(", ")}`;
}
