// Which pictures are chosen, as in a file manager: one, some by Ctrl, or all between two by Shift.

/** How a click or key chooses: `add` is Ctrl, or Cmd; `extend` is Shift. */
export interface ChoosingKeys {
  add: boolean;
  extend: boolean;
}

/** Chosen pictures by their paths, so that they stay chosen when others come, go or are filtered. */
export class Selection {
  private readonly chosen = new Set<string>();
  /** From where Shift extends. */
  private anchor = 0;
  private at = 0;

  /** Index of the picture that has the focus. */
  get focus(): number {
    return this.at;
  }

  get size(): number {
    return this.chosen.size;
  }

  /** Those that are chosen of these, in their order. */
  among(paths: readonly string[]): string[] {
    return paths.filter((path) => this.chosen.has(path));
  }

  has(path: string): boolean {
    return this.chosen.has(path);
  }

  /** A picture was clicked, or the focus was moved to it. @param paths of all pictures that are shown */
  choose(index: number, { add, extend }: ChoosingKeys, paths: readonly string[]): void {
    this.at = index;
    if (!add) this.chosen.clear();
    if (extend) {
      const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
      for (const path of paths.slice(from, to + 1)) this.chosen.add(path);
      return;
    }
    this.anchor = index;
    const path = paths[index];
    if (path === undefined) return;
    if (add && this.chosen.has(path)) this.chosen.delete(path);
    else this.chosen.add(path);
  }

  /** The focus is moved, and what is chosen stays so. */
  lookAt(index: number): void {
    this.at = index;
    this.anchor = index;
  }

  all(paths: readonly string[]): void {
    for (const path of paths) this.chosen.add(path);
  }

  /** After the pictures that are shown have changed: those that are away are not chosen any more. */
  keep(paths: readonly string[], focus: string | undefined): void {
    const there = new Set(paths);
    for (const path of this.chosen) if (!there.has(path)) this.chosen.delete(path);
    const found = focus === undefined ? -1 : paths.indexOf(focus);
    // Of a picture that was taken away: the one in its place.
    this.lookAt(found === -1 ? Math.max(0, Math.min(this.at, paths.length - 1)) : found);
  }
}
