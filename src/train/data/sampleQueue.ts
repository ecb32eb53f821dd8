import { randomBits } from './counterRandom';
import type { SampleOrder } from './sampleOrder';

/**
 * The endless shuffled queue of the reference (spec §6.5): random permutations of 0 … size−1 one after another, running
 * on from epoch to epoch. Any position can be asked for, so that a resumed run continues where it was.
 */
export class SampleQueue implements SampleOrder {
  private permutation = new Uint32Array(0);
  private round = -1;
  /** After so many rounds a window begins with a round. */
  private readonly cycle: number;

  /**
   * @param window for what is taken together: positions n·window … (n+1)·window − 1 hold different samples, also where
   * one permutation ends and the next one begins; with more than `size` they cannot, and 1 changes nothing
   */
  constructor(
    private readonly seed: number,
    private readonly size: number,
    private readonly window = 1,
  ) {
    if (size < 1) throw new RangeError('a queue of samples needs at least one');
    this.cycle = window > size ? 1 : window / greatestCommonDivisor(size, window);
  }

  /** The sample at `position` ≥ 0. */
  at(position: number): number {
    const round = Math.floor(position / this.size);
    if (round !== this.round) this.go(round);
    return this.permutation[position - round * this.size]!;
  }

  /** A permutation depends on the one before it in its cycle, so a jump begins at the cycle. */
  private go(round: number): void {
    const first = round - (round % this.cycle);
    let next = this.round >= first && this.round < round ? this.round + 1 : first;
    for (; next <= round; next++) {
      const before = this.permutation;
      this.permutation = this.shuffled(next);
      if (next > first) this.separate(before, next);
    }
    this.round = round;
  }

  private shuffled(round: number): Uint32Array<ArrayBuffer> {
    const order = Uint32Array.from({ length: this.size }, (_, index) => index);
    for (let i = this.size - 1; i > 0; i--)
      exchange(order, i, Math.floor((randomBits(this.seed, 'shuffle', round, i) / 2 ** 32) * (i + 1)));
    return order;
  }

  /** Moves what the window at the end of `before` holds already out of the rest of this window. */
  private separate(before: Uint32Array, round: number): void {
    const { permutation: order, size, window } = this;
    const begun = (round * size) % window;
    const taken = new Set(before.subarray(size - begun));
    const rest = window - begun;
    let place = randomBits(this.seed, 'shuffle', round, size);
    for (let i = 0; i < rest; i++) {
      if (!taken.has(order[i]!)) continue;
      // There is always another one, as size ≥ window.
      while (taken.has(order[rest + (place % (size - rest))]!)) place++;
      exchange(order, i, rest + (place % (size - rest)));
    }
  }
}

function exchange(order: Uint32Array, i: number, j: number): void {
  const kept = order[i]!;
  order[i] = order[j]!;
  order[j] = kept;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
