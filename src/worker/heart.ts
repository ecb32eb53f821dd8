// What the thread that watches a working process knows of its main thread: counters in shared memory, so that a beat
// costs nanoseconds and is seen even while the main thread computes without a pause.
import { type WorkUnit, workUnits } from '../protocol/jobContext';

const slots = { beats: 0, unit: 1, step: 2, turns: 3, debugged: 4 } as const;

/** How the main thread stands. */
export interface HeartState {
  /** Units of work that have begun so far. */
  beats: number;
  /** The last of them. */
  unit: WorkUnit;
  step: number;
  /** Grows as long as the event loop turns. */
  turns: number;
  /** A debugger is attached: that a thread rests means nothing. */
  debugged: boolean;
}

/** Written by the main thread, read by the watching one. */
export class Heart {
  private readonly values: Int32Array;

  /** @param memory of another thread's heart; by default of its own */
  constructor(readonly memory = new SharedArrayBuffer(Object.keys(slots).length * Int32Array.BYTES_PER_ELEMENT)) {
    this.values = new Int32Array(memory);
  }

  /** A unit of work begins. */
  beat(unit: WorkUnit, step?: number): void {
    Atomics.store(this.values, slots.unit, workUnits.indexOf(unit));
    if (step !== undefined) Atomics.store(this.values, slots.step, step);
    Atomics.add(this.values, slots.beats, 1);
  }

  /** The event loop has come round. */
  turn(debugged: boolean): void {
    Atomics.store(this.values, slots.debugged, Number(debugged));
    Atomics.add(this.values, slots.turns, 1);
  }

  read(): HeartState {
    const at = (slot: number): number => Atomics.load(this.values, slot);
    return {
      beats: at(slots.beats),
      unit: workUnits[at(slots.unit)]!,
      step: at(slots.step),
      turns: at(slots.turns),
      debugged: at(slots.debugged) === 1,
    };
  }
}
