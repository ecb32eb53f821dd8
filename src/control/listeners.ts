/** Undoes a subscription; has the shape of VS Code's Disposable. */
export interface Subscription {
  dispose(): void;
}

/** Those who want to hear of something, in the order in which they came. */
export class Listeners<T> {
  private readonly listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Subscription {
    // The same function may be given twice.
    const own = (value: T): void => listener(value);
    this.listeners.add(own);
    return { dispose: () => this.listeners.delete(own) };
  }

  call(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
}
