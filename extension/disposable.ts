/** Anything that holds a resource until it is told to let go; VS Code's own Disposable fits. */
export interface Disposes {
  dispose(): unknown;
}

/** Disposes each, also where one of them throws; the first error is thrown at the end. */
export function disposeAll(things: Iterable<Disposes>): void {
  const errors: unknown[] = [];
  for (const thing of things) {
    try {
      thing.dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Base of everything that owns resources: what is registered is disposed with it, newest first. */
export abstract class Disposable implements Disposes {
  private readonly owned = new Set<Disposes>();
  private gone = false;

  get isDisposed(): boolean {
    return this.gone;
  }

  dispose(): void {
    if (this.gone) return;
    this.gone = true;
    const owned = [...this.owned].reverse();
    this.owned.clear();
    disposeAll(owned);
  }

  /** Owns `thing`. A late addition, made by work that was under way at disposal, is disposed at once. */
  protected register<T extends Disposes>(thing: T): T {
    if (this.gone) thing.dispose();
    else this.owned.add(thing);
    return thing;
  }

  /** Disposes a thing before its owner, e.g. when it is replaced. */
  protected release(thing: Disposes | undefined): void {
    if (thing !== undefined && this.owned.delete(thing)) thing.dispose();
  }
}

/** Disposable out of a function, called once. */
export function toDisposable(dispose: () => void): Disposes {
  let called = false;
  return {
    dispose() {
      if (called) return;
      called = true;
      dispose();
    },
  };
}
