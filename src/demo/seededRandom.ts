import { NumpyRandom } from '../dataset/random';

/** Random numbers for one subject of the demo; equal keys give equal numbers, whatever else is drawn. */
export class SeededRandom {
  private readonly source: NumpyRandom;

  constructor(seed: number, ...key: (string | number)[]) {
    // FNV-1a of the key: neighbouring people and photographs get unrelated seeds.
    let hash = 0x811c9dc5;
    for (const character of `${seed}/${key.join('/')}`) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    }
    this.source = new NumpyRandom(hash >>> 0);
  }

  uniform(low = 0, high = 1): number {
    return this.source.uniform(low, high);
  }

  /** Normal with standard deviation `deviation`, cut at two and a half of it. */
  normal(deviation = 1, mean = 0): number {
    for (;;) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.source.uniform()));
      const value = radius * Math.cos(2 * Math.PI * this.source.uniform());
      if (Math.abs(value) <= 2.5) return mean + value * deviation;
    }
  }

  chance(probability: number): boolean {
    return this.source.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.source.randint(0, items.length)]!;
  }

  bits(): number {
    return this.source.next32();
  }
}
