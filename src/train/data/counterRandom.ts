/** What a random number is for; numbers of different streams are independent. */
export const streams = {
  shuffle: 1,
  flip: 2,
  crop: 3,
  rotate: 4,
  dropout: 5,
  initialize: 6,
  person: 7,
  people: 8,
} as const;
export type Stream = keyof typeof streams;

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/**
 * Uniform 32-bit number at a place of a random sequence: a hash of (seed, stream, index, part). Counter-based, so the
 * state of all randomness of a run is its seed and its step: a run resumed at a step draws what it would have drawn.
 */
export function randomBits(seed: number, stream: Stream, index: number, part = 0): number {
  const low = index >>> 0;
  const high = Math.floor(index / 2 ** 32) >>> 0;
  let hash = mix(seed ^ 0x9e3779b9);
  for (const word of [streams[stream], low, high, part]) hash = mix((hash + 0x6d2b79f5) ^ mix(word + 0x85ebca6b));
  return hash;
}

/** Uniform number in [0, 1) with 32 random bits. */
export function randomAt(seed: number, stream: Stream, index: number, part = 0): number {
  return randomBits(seed, stream, index, part) / 2 ** 32;
}

/** A sequence of uniform numbers in [0, 1), told apart by `key` (e.g. a variable's number). */
export function randomSequence(seed: number, stream: Stream, key: number): () => number {
  let next = 0;
  return () => randomAt(seed, stream, next++, key);
}
