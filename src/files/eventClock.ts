/**
 * Time stamps that never go back: the system's clock, and where that is set back, what was said last and the time that has
 * passed since by the clock that nobody sets, until the system's has caught up.
 */
export class EventClock {
  private last = Number.NEGATIVE_INFINITY;
  private lastTick = 0;

  /**
   * @param wall milliseconds since 1970 as the system has them
   * @param steady milliseconds of a clock that only goes forward
   */
  constructor(
    private readonly wall: () => number = Date.now,
    private readonly steady: () => number = () => performance.now(),
  ) {}

  /** Milliseconds since 1970, whole ones. */
  now(): number {
    const [wall, tick] = [this.wall(), this.steady()];
    this.last = wall >= this.last ? wall : Math.round(this.last + Math.max(0, tick - this.lastTick));
    this.lastTick = tick;
    return this.last;
  }
}
