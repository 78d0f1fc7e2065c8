import type { Corpus, Fault, FaultKind, FaultScript } from "../../../testing/homebrew";
import { createRandom } from "../../../testing/homebrew/random";

/** A bottle's requests meet at most so many faults, so that a run comes to its end. */
const maxFaults = 3;

const kinds = {
  registry: ["throttled", "broken", "expired"],
  index: ["throttled", "broken", "truncated", "reset", "corrupt"],
  storage: ["throttled", "broken", "expired", "truncated", "reset", "corrupt", "wrongRange", "ignoredRange"],
} as const;
type Kind = (typeof kinds)[keyof typeof kinds][number];

/** Faults at random, some of which need a request that resumes another one: those come after a reset. */
export const randomFaults = (seed: number, share: number, { bottles }: Corpus): FaultScript => {
  const random = createRandom(seed);
  const met = new Map<string, number>();
  const sizes = new Map(bottles.map(({ sha256, size }) => [sha256, size]));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

  const create = (kind: Kind, size: number): Fault => {
    const afterBytes = Math.floor(random() * size);
    switch (kind) {
      case "throttled":
        return { kind: "status", status: pick([429, 503]), retryAfterSeconds: 1 };
      case "broken":
        return { kind: "status", status: pick([500, 502, 504]) };
      case "truncated":
      case "reset":
        return { kind, afterBytes };
      default:
        return { kind };
    }
  };

  return ({ place, path, sha256, start }) => {
    if (place === "api") return undefined;
    const before = met.get(path) ?? 0;
    // A body that was resumed meets another fault more often.
    if (before >= maxFaults || random() >= (start > 0 ? 0.5 : share)) return undefined;
    met.set(path, before + 1);
    return create(pick<Kind>(kinds[place]), sizes.get(sha256 ?? "") ?? 500);
  };
};

/** All faults that the script has, as the stand-in counts them. */
export const scriptedKinds: readonly FaultKind[] = [
  "status",
  "expired",
  "truncated",
  "reset",
  "corrupt",
  "wrongRange",
  "ignoredRange",
];
