// How long a training will still take, from what it was expected to take and what its parts have taken so far.
import { activities, trainedPhase } from '../../protocol/activities';
import type { RunEvent } from '../../protocol/events';
import type { ExpectedPart } from './timeEstimate';

/** A part's own pace is believed as much as its expectation when this much of it is done. */
const believedPart = 0.05;
/** The same for the pace of all parts together: seconds of expected work. */
const believedSeconds = 4;

interface Part extends ExpectedPart {
  /** Seconds so far. */
  spent: number;
  /** How much of it was done when it began and is done now, 0 … 1; a resumed phase begins in its middle. */
  from: number;
  done: number;
}

/**
 * Follows the events of a training. Each part is expected to go on at its own pace, as far as it has shown one, and those to
 * come at the pace of the parts of their kind, counted by their expected seconds: expectations say how long one part takes
 * beside another, the run itself says how fast the machine is.
 */
export class TimeLeft {
  private readonly parts: Part[];
  private at = 0;
  private time: number | undefined;
  /** Phases that have begun. */
  private begun: number;
  private inPhase = false;

  /**
   * @param expected parts in the order of the run, as `estimateTime` gives them
   * @param resumed where a resumed run goes on: index of its phase, and how much of that is done, 0 … 1
   */
  constructor(expected: readonly ExpectedPart[], resumed: { phase: number; done: number } = { phase: 0, done: 0 }) {
    this.parts = expected.map((part) => ({ ...part, spent: 0, from: 0, done: 0 }));
    this.begun = resumed.phase;
    const current = this.parts.filter(({ kind }) => kind === 'phase')[resumed.phase];
    if (current !== undefined) current.from = current.done = resumed.done;
    if (resumed.phase > 0 || resumed.done > 0) this.goTo('activations', resumed.phase);
  }

  /** Takes the next event; the time is that of the event, milliseconds. */
  take(event: RunEvent): void {
    const seconds = Math.max(0, event.time - (this.time ?? event.time)) / 1000;
    this.time = event.time;
    const part = this.parts[this.at];
    if (part !== undefined) part.spent += seconds;
    if (event.type === 'phase') this.takePhase(event.boundary);
    else if (event.type === 'lfw') this.evaluate(1);
    else if (event.type === 'progress' && event.total > 0)
      this.takeProgress(event.activity, Math.min(1, event.done / event.total));
  }

  /** Seconds until the last part ends. */
  get seconds(): number {
    return this.parts.slice(this.at).reduce((sum, part) => sum + this.leftOf(part), 0);
  }

  private takePhase(boundary: 'start' | 'end'): void {
    this.inPhase = boundary === 'start';
    if (boundary === 'end') return;
    this.goTo('phase', this.begun++);
  }

  private takeProgress(activity: string, done: number): void {
    if (trainedPhase(activity) !== undefined) {
      if (this.parts[this.at]?.kind === 'phase') this.note(done);
    } else if (activity === activities.evaluating) {
      this.evaluate(done);
    } else if (activity === activities.freezing) {
      this.goTo('activations', this.begun);
      this.note(done);
    }
  }

  private evaluate(done: number): void {
    // Between the epochs of a phase it is part of the phase.
    if (this.inPhase && (this.parts[this.at]?.done ?? 0) < 1) return;
    this.goTo('evaluation', this.begun);
    this.note(done);
  }

  private note(done: number): void {
    const part = this.parts[this.at];
    if (part !== undefined) part.done = done;
  }

  /** To part number `index` of a kind; those before it are over. Never back. */
  private goTo(kind: ExpectedPart['kind'], index: number): void {
    const at = this.parts.flatMap((part, place) => (part.kind === kind ? [place] : []))[index];
    if (at !== undefined && at > this.at) this.at = at;
  }

  private leftOf(part: Part): number {
    const general = this.pace(part.kind);
    const own = part.done - part.from;
    const pace =
      part.seconds > 0
        ? (part.spent + believedPart * part.seconds * general) / ((own + believedPart) * part.seconds)
        : general;
    return part.seconds * (1 - part.done) * pace;
  }

  /** Real by expected seconds of the parts of this kind that are over or going on. */
  private pace(kind: ExpectedPart['kind']): number {
    const alike = this.parts.slice(0, this.at + 1).filter((part) => part.kind === kind && part.spent > 0);
    // A machine that computes activations slowly trains slowly; where they come fast, they may just have been kept.
    const beforehand = kind === 'phase' ? Math.max(1, this.pace('activations')) : 1;
    let [spent, expected] = [believedSeconds * beforehand, believedSeconds];
    alike.forEach((part) => {
      const isOver = part !== this.parts[this.at];
      spent += part.spent;
      expected += part.seconds * ((isOver ? 1 : part.done) - part.from);
    });
    return spent / expected;
  }
}
