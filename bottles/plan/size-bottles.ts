import type { Bottle, SizedBottle } from "../bottle";
import { indexKeyOf } from "../names";
import type { FetchIndex, FormulaIndex } from "../registry";

export type SizeBottlesParts = {
  fetchIndex: FetchIndex;
  /** Indexes that are fetched at the same time. */
  concurrency: number;
  /** Whether there is no time for a further index. */
  isLate: () => boolean;
};

export type SizedBottles = {
  bottles: SizedBottle[];
  /** One line for each index that could not be read. */
  problems: string[];
};

const groupByIndex = (bottles: readonly Bottle[]): Bottle[][] => {
  const groups = new Map<string, Bottle[]>();
  for (const bottle of bottles) {
    const key = indexKeyOf(bottle);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [bottle]);
    else group.push(bottle);
  }
  return [...groups.values()];
};

/**
 * Finds out the sizes of bottles, by one request for each formula. A bottle whose index has no size, or cannot be read, has
 * none.
 * @throws the last error when no index at all can be read
 */
export const sizeBottles = async (
  bottles: readonly Bottle[],
  { fetchIndex, concurrency, isLate }: SizeBottlesParts,
): Promise<SizedBottles> => {
  const groups = groupByIndex(bottles);
  const sized: SizedBottles = { bottles: [], problems: [] };
  let lastError: unknown;
  let read = 0;
  let next = 0;

  const readIndex = async (first: Bottle): Promise<FormulaIndex | undefined> => {
    try {
      const index = await fetchIndex(first);
      read++;
      return index;
    } catch (error) {
      lastError = error;
      sized.problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };

  const work = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) {
      const index = isLate() ? undefined : await readIndex(group[0]!);
      for (const bottle of group) sized.bottles.push({ ...bottle, size: index?.sizeOf(bottle) });
    }
  };

  await Promise.all(Array.from({ length: concurrency }, work));
  if (read === 0 && lastError !== undefined) throw lastError;
  return sized;
};
