// What the thread that watches a working process knows of the thread that does the job: counters in shared memory, so that
// a beat costs nanoseconds and is seen even while that thread computes without a pause.
import { type WorkUnit, workUnits } from '../protocol/jobContext';

const slots = { beats: 0, unit: 1, step: 2, turns: 3, debugged: 4, apart: 5 } as const;

/** How the thread that does the job stands. */
export interface HeartState {
  /** Units of work that have begun so far. */
  beats: number;
  /** The last of them. */
  unit: WorkUnit;
  step: number;
  /** Grows as long as its event loop turns. */
  turns: number;
  /** A debugger is attached: that a thread rests means nothing. */
  debugged: boolean;
  /** The job is done in a thread of its own, not in the main one. */
  apart: boolean;
}

/** Written by whoever does the job, read by the watching thread. */
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

  /** The event loop of the thread that does the job has come round. */
  turn(): void {
    Atomics.add(this.values, slots.turns, 1);
  }

  /** Whether a debugger is attached. */
  debug(isAttached: boolean): void {
    Atomics.store(this.values, slots.debugged, Number(isAttached));
  }

  /** Whether a thread of its own does the job from now on. */
  work(apart: boolean): void {
    Atomics.store(this.values, slots.apart, Number(apart));
  }

  read(): HeartState {
    const at = (slot: number): number => Atomics.load(this.values, slot);
    return {
      beats: at(slots.beats),
      unit: workUnits[at(slots.unit)]!,
      step: at(slots.step),
      turns: at(slots.turns),
      debugged: at(slots.debugged) === 1,
      apart: at(slots.apart) === 1,
    };
  }
}
