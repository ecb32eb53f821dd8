const stateSize = 624;
const period = 397;

/**
 * NumPy's legacy generator (MT19937 with `init_genrand`), so that a split with the reference's seed is the reference's
 * split (spec §0.4).
 */
export class NumpyRandom {
  private readonly state = new Uint32Array(stateSize);
  private position = stateSize;

  /** @param seed integer in [0, 2^32). */
  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < stateSize; i++) {
      const previous = this.state[i - 1]!;
      this.state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** Next 32 random bits. */
  next32(): number {
    if (this.position === stateSize) this.refill();
    let y = this.state[this.position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  private refill(): void {
    const { state } = this;
    for (let i = 0; i < stateSize; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % stateSize]! & 0x7fffffff);
      state[i] = state[(i + period) % stateSize]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }

  /** Uniform integer in [0, max] by masking and rejection; 0 draws nothing. */
  interval(max: number): number {
    if (max === 0) return 0;
    const mask = 2 ** (32 - Math.clz32(max)) - 1;
    for (;;) {
      const value = (this.next32() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** Shuffles in place as `np.random.shuffle`. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i >= 1; i--) {
      const j = this.interval(i);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
  }

  /** Uniform integer in [low, high). */
  randint(low: number, high: number): number {
    return low + this.interval(high - 1 - low);
  }

  /** Uniform in [low, high) with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const a = this.next32() >>> 5;
    const b = this.next32() >>> 6;
    return low + (high - low) * ((a * 67108864 + b) / 9007199254740992);
  }

  /** `np.random.permutation(count)`. */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    this.shuffle(order);
    return order;
  }
}
