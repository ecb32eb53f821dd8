/**
 * Does `work` for each item, at most `most` at a time, and resolves to the results in the order of the items. The first
 * failure rejects, and an aborted `signal` with its reason; nothing more is begun then.
 */
export async function abreast<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item, index: number) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  let failed = false;
  const member = async (): Promise<void> => {
    while (next < items.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, member));
  signal?.throwIfAborted();
  return results;
}
