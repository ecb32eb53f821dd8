// No Node built-ins here: the host and the pages hold the same tables.
import type { ColumnValues } from '../protocol/runSeries';

const firstCapacity = 256;

/**
 * Numbers by column in typed arrays that grow: rows are added at the end and cut there. A million rows are one
 * allocation per column, not a million objects.
 */
export class ColumnTable<Name extends string> {
  private values: ColumnValues<Name>;
  private rows = 0;
  private cut = 0;

  /**
   * @param exact columns of double precision: numbers that are compared or counted on.
   * @param measured columns of single precision: seven digits of a measurement are enough.
   */
  constructor(
    private readonly exact: readonly Name[],
    private readonly measured: readonly Name[],
  ) {
    this.values = this.allocate(firstCapacity);
  }

  get length(): number {
    return this.rows;
  }

  /** How often rows have been cut: whoever has computed something from the rows starts again when it changes. */
  get cuts(): number {
    return this.cut;
  }

  /** Adds a row; what is null or missing becomes NaN. */
  push(row: Partial<Record<Name, number | null>>): void {
    if (this.rows === this.values[this.exact[0]!].length) this.grow();
    for (const name of this.exact) this.values[name][this.rows] = row[name] ?? NaN;
    for (const name of this.measured) this.values[name][this.rows] = row[name] ?? NaN;
    this.rows++;
  }

  /** The rows of a column so far; a view that is not to be written to. */
  column(name: Name): Float32Array | Float64Array {
    return this.values[name].subarray(0, this.rows);
  }

  /** Drops the rows from `length` on. */
  truncate(length: number): void {
    if (length >= this.rows) return;
    this.rows = length;
    this.cut++;
  }

  /** A copy of all columns, with nothing behind their ends. */
  snapshot(): ColumnValues<Name> {
    return this.each((name) => this.values[name].slice(0, this.rows));
  }

  /** Replaces all rows by those of a snapshot, which the table then owns. */
  adopt(snapshot: ColumnValues<Name>): void {
    this.values = this.each((name) => snapshot[name]);
    this.rows = snapshot[this.exact[0]!].length;
    this.cut++;
  }

  private grow(): void {
    const larger = this.allocate(Math.max(firstCapacity, 2 * this.rows));
    for (const name of [...this.exact, ...this.measured]) larger[name].set(this.values[name]);
    this.values = larger;
  }

  private allocate(capacity: number): ColumnValues<Name> {
    return this.each((name) => (this.exact.includes(name) ? new Float64Array(capacity) : new Float32Array(capacity)));
  }

  private each(make: (name: Name) => Float32Array | Float64Array): ColumnValues<Name> {
    return Object.fromEntries(
      [...this.exact, ...this.measured].map((name) => [name, make(name)]),
    ) as ColumnValues<Name>;
  }
}
