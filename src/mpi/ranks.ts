// Several processes that do one piece of work together.

/**
 * The processes as one of them sees them. Each call is made by all of them in the same order, and resolves when all have
 * made it.
 */
export interface Ranks {
  /** Of this process, 0 ≤ rank < size. */
  readonly rank: number;
  readonly size: number;
  /** Puts the sum of all ranks' values in their place, the same bits in each; all give as many. */
  sum(values: Float32Array): Promise<void>;
  /** Puts rank 0's values in the place of those of the others; all give as many. */
  share(values: Float32Array): Promise<void>;
  /** Resolves when all ranks have come here. @throws the signal's reason once it is aborted */
  meet(signal?: AbortSignal): Promise<void>;
}

/** A part of so many things: as even as can be, a function of rank and size alone. */
export function sliceOfRank(
  count: number,
  { rank, size }: Pick<Ranks, 'rank' | 'size'>,
): { start: number; end: number } {
  const edge = (index: number): number => Math.floor((index * count) / size);
  return { start: edge(rank), end: edge(rank + 1) };
}

/** Rank 0's text; what the others give is not looked at. */
export async function shareText(ranks: Ranks, text: string): Promise<string> {
  const bytes = Buffer.from(ranks.rank === 0 ? text : '');
  const length = lengthOf(bytes);
  await ranks.share(length);
  const values = new Float32Array(lengthIn(length));
  values.set(bytes);
  await ranks.share(values);
  return Buffer.from(values).toString();
}

/** The texts of all ranks, in each of them. */
export async function gatherTexts(ranks: Ranks, text: string): Promise<string[]> {
  const { rank, size } = ranks;
  const own = Buffer.from(text);
  const lengths = new Float32Array(2 * size);
  lengths.set(lengthOf(own), 2 * rank);
  await ranks.sum(lengths);
  const ends = [0];
  for (let index = 0; index < size; index++) ends.push(ends[index]! + lengthIn(lengths.subarray(2 * index)));
  const values = new Float32Array(ends[size]!);
  values.set(own, ends[rank]);
  await ranks.sum(values);
  return Array.from({ length: size }, (_, index) =>
    Buffer.from(values.subarray(ends[index], ends[index + 1])).toString(),
  );
}

/** A float has 24 bits for whole numbers. */
const lengthUnit = 65536;

function lengthOf({ length }: Buffer): Float32Array {
  return Float32Array.of(Math.floor(length / lengthUnit), length % lengthUnit);
}

function lengthIn(length: Float32Array): number {
  return length[0]! * lengthUnit + length[1]!;
}
