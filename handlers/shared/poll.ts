export type Sleep = (ms: number) => Promise<unknown>;

/**
 * Calls `read` until it returns a value.
 * @param delaysMs before each further call; polling ends with them
 * @returns undefined when the last call returned no value
 */
export const poll = async <T>(
  read: () => Promise<T | undefined>,
  delaysMs: Iterable<number>,
  sleep: Sleep,
): Promise<T | undefined> => {
  let value = await read();
  if (value !== undefined) return value;
  for (const delayMs of delaysMs) {
    await sleep(delayMs);
    value = await read();
    if (value !== undefined) return value;
  }
  return undefined;
};
