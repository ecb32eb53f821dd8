import { randomBits } from './counterRandom';

/**
 * The endless shuffled queue of the reference (spec §6.5): random permutations of 0 … size−1 one after another, running
 * on from epoch to epoch. Any position can be asked for, so that a resumed run continues where it was.
 */
export class SampleQueue {
  private permutation = new Uint32Array(0);
  private round = -1;

  constructor(
    private readonly seed: number,
    private readonly size: number,
  ) {
    if (size < 1) throw new RangeError('a queue of samples needs at least one');
  }

  /** The sample at `position` ≥ 0. */
  at(position: number): number {
    const round = Math.floor(position / this.size);
    if (round !== this.round) this.shuffle(round);
    return this.permutation[position - round * this.size]!;
  }

  private shuffle(round: number): void {
    const order = Uint32Array.from({ length: this.size }, (_, index) => index);
    for (let i = this.size - 1; i > 0; i--) {
      const j = Math.floor((randomBits(this.seed, 'shuffle', round, i) / 2 ** 32) * (i + 1));
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    this.permutation = order;
    this.round = round;
  }
}
