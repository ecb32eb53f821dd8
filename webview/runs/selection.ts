import type { RunRow } from '../../src/protocol/runRow';

/** The runs that are selected, by their folders, also while a filter hides them or another order moves them. */
export class Selection {
  private folders = new Set<string>();
  /** Row that a range begins with. */
  private anchor = 0;

  get size(): number {
    return this.folders.size;
  }

  has(folder: string): boolean {
    return this.folders.has(folder);
  }

  /** Of these rows, those that are selected. */
  of(rows: readonly RunRow[]): RunRow[] {
    return rows.filter(({ folder }) => this.folders.has(folder));
  }

  only({ folder }: RunRow, row: number): void {
    this.folders = new Set([folder]);
    this.anchor = row;
  }

  toggle({ folder }: RunRow, row: number): void {
    if (!this.folders.delete(folder)) this.folders.add(folder);
    this.anchor = row;
  }

  /** All rows from the anchor to `to`, and no others. @param from becomes the anchor where nothing is selected */
  extend(rows: readonly RunRow[], to: number, from?: number): void {
    if (this.folders.size === 0 && from !== undefined) this.anchor = Math.max(0, from);
    const [first, last] = [Math.min(this.anchor, to), Math.max(this.anchor, to)];
    this.folders = new Set(rows.slice(first, last + 1).map(({ folder }) => folder));
  }

  all(rows: readonly RunRow[]): void {
    this.folders = new Set(rows.map(({ folder }) => folder));
  }

  clear(): void {
    this.folders.clear();
  }

  /** Forgets those that are not there any more. */
  keep(rows: readonly RunRow[]): void {
    const there = new Set(rows.map(({ folder }) => folder));
    for (const folder of this.folders) if (!there.has(folder)) this.folders.delete(folder);
  }
}
