/** A closer look than this many steps shows nothing more. */
const leastSpan = 4;

export type StepRange = readonly [from: number, to: number];

/** The step axis that all charts of the page share: all steps, growing with the run, or the part that was zoomed into. */
export class StepAxis {
  private last = 1;
  private zoomed: StepRange | undefined;

  /** @param changed called after the visible range has changed by more than the growth of the run. */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** First and last visible step. */
  get shown(): StepRange {
    return this.zoomed ?? [0, this.last];
  }

  /** The visible range where it is not all steps. */
  get zoom(): StepRange | undefined {
    return this.zoomed;
  }

  /** Last step there is. */
  get end(): number {
    return this.last;
  }

  /** Last step of the run so far; a range beyond it is moved back. */
  setEnd(last: number): void {
    this.last = Math.max(1, last);
    if (this.zoomed !== undefined) this.zoomed = this.within(...this.zoomed);
  }

  /** Shows the steps between these two, in either order. */
  zoomTo(from: number, to: number): void {
    this.show(this.within(Math.min(from, to), Math.max(from, to)));
  }

  /** Makes the visible range `factor` times as long; `around` stays where it is, the middle without it. */
  zoomBy(factor: number, around?: number): void {
    const [from, to] = this.shown;
    const fixed = around ?? (from + to) / 2;
    const span = Math.max(leastSpan, (to - from) * factor);
    const part = (fixed - from) / (to - from);
    this.show(this.within(fixed - part * span, fixed + (1 - part) * span));
  }

  /** Moves the range by this part of its length, to later steps where it is positive. */
  pan(part: number): void {
    if (this.zoomed === undefined) return;
    const [from, to] = this.zoomed;
    const by = part * (to - from);
    this.show(this.within(from + by, to + by));
  }

  /** Moves the range just so far that `step` is in it. */
  reveal(step: number): void {
    const [from, to] = this.shown;
    if (step >= from && step <= to) return;
    this.pan((step < from ? step - from : step - to) / (to - from));
  }

  reset(): void {
    this.show(undefined);
  }

  /** The range of this length or the shortest possible one, moved into [0, last]; undefined where it is everything. */
  private within(from: number, to: number): StepRange | undefined {
    const span = Math.max(leastSpan, to - from);
    if (span >= this.last) return undefined;
    const middle = (from + to) / 2;
    const start = Math.min(Math.max(0, middle - span / 2), this.last - span);
    return [start, start + span];
  }

  private show(range: StepRange | undefined): void {
    if (range?.[0] === this.zoomed?.[0] && range?.[1] === this.zoomed?.[1]) return;
    this.zoomed = range;
    this.changed();
  }
}
