export type Sleep = (ms: number) => Promise<unknown>;

/**
 * Asks until there is an answer, waiting in between.
 * @param waits milliseconds before the second and every further question; when they end, so does the asking
 * @returns undefined when there was no answer to the last question either
 */
export const poll = async <T>(
  ask: () => Promise<T | undefined>,
  waits: Iterable<number>,
  sleep: Sleep,
): Promise<T | undefined> => {
  let answer = await ask();
  if (answer !== undefined) return answer;
  for (const wait of waits) {
    await sleep(wait);
    answer = await ask();
    if (answer !== undefined) return answer;
  }
  return undefined;
};
