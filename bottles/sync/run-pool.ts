/** Does the work of all items, so many at the same time, each as soon as there is room. @param work must not throw */
export const runPool = async <Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeTurns));
};
