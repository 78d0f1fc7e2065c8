/** Some items, each as likely as any other, in their order. */
export const sampleOf = <Item>(items: readonly Item[], count: number, random: () => number): Item[] => {
  let wanted = Math.min(count, items.length);
  return items.filter((_, index) => {
    const isTaken = random() * (items.length - index) < wanted;
    if (isTaken) wanted--;
    return isTaken;
  });
};
