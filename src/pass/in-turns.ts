/** Work in lanes: several at a time, never more. */

/** Runs at most `width` at a time, in order; the results keep the order. */
export const inTurns = async <T, U>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<U>,
): Promise<readonly U[]> => {
  const results: U[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({length: Math.min(width, items.length)}, lane));
  return results;
};
