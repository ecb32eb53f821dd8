/** Lets only the newest of the questions that are asked quickly run; the older ones are given up. */
export class NewestWins {
  private newest: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();

  /**
   * Gives up what was asked before, waits until that has ended, and does `work`. Resolves to undefined where it is itself
   * given up, by a newer question or by `signal`; otherwise to the work's result. @throws what the work throws
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    this.newest?.abort();
    const mine = (this.newest = new AbortController());
    const stop = signal === undefined ? mine.signal : AbortSignal.any([mine.signal, signal]);
    const result = this.running.then(async () => (stop.aborted ? undefined : work(stop)));
    this.running = result.catch(() => undefined);
    try {
      const value = await result;
      return stop.aborted ? undefined : value;
    } catch (error) {
      if (stop.aborted) return undefined;
      throw error;
    } finally {
      if (this.newest === mine) this.newest = undefined;
    }
  }
}
