// Tells a working process that hangs from one that is slow, by what is seen of it about once a second.
import type { WorkUnit } from '../protocol/jobContext';

/** How long a unit of work may take, and what else is waited for, seconds. */
export interface Patience {
  /** Between two looks. */
  look: number;
  /** For a unit of a kind that none has come to its end of: the first step of a graph is compiled, a dataset is read. */
  first: number;
  /** For any other unit, at least. */
  least: number;
  /** For any other unit, in times of the slowest recent one of its kind. */
  times: number;
  /** A process that uses the processor gets so many times as long: it may be slow, or go round in circles. */
  busyTimes: number;
  /** For a process whose keeper is gone to save and end itself. */
  alone: number;
  /** For one that was killed to be gone; inside the system it ends only when that answers. */
  killed: number;
}

/** Generous: a hang that is noticed after minutes costs a training of days nothing, an end of one that is slow much. */
export const usualPatience: Patience = {
  ...{ look: 1, first: 1800, least: 300, times: 10, busyTimes: 4 },
  ...{ alone: 60, killed: 30 },
};

/** What is seen of the process at a look. */
export interface Look {
  /** Of the process's own running time since the look before. */
  seconds: number;
  /** Units that have begun so far. */
  beats: number;
  unit: WorkUnit;
  /** Processor time of all its threads since the look before, seconds. */
  cpuSeconds: number;
}

export interface Silence {
  /** Since the unit began. */
  seconds: number;
  unit: WorkUnit;
  /** Slowest recent unit of the kind; undefined where none has come to its end. */
  slowest: number | undefined;
  /** Cores in use since the unit began, on average. */
  cores: number;
}

export type Verdict = { is: 'slow' | 'hanging' } & Silence;

/** Looks that the slowest unit is taken of. */
const remembered = 200;
/** Average use of less than this is no work: timers and this watch itself. */
const idleCores = 0.02;

/**
 * Judges each look. Time is that of the process itself as its watching thread sees it, in pieces of at most twice the
 * distance of two looks: a machine that sleeps and a process that is stopped (SIGSTOP) do not hang.
 */
export class Watchdog {
  private beats = -1;
  private silent = 0;
  private cpu = 0;
  private told: Verdict['is'] | undefined;
  private unit: WorkUnit = 'preparing';
  private readonly recent = new Map<WorkUnit, number[]>();

  constructor(private readonly patience: Patience) {}

  /** Once for each unit: `slow` where it takes long and works, `hanging` where nothing is to be hoped for. */
  look({ seconds, beats, unit, cpuSeconds }: Look): Verdict | undefined {
    const elapsed = Math.min(seconds, 2 * this.patience.look);
    this.silent += elapsed;
    this.cpu += cpuSeconds;
    if (beats !== this.beats) {
      this.begin(beats, unit);
      return undefined;
    }
    const silence = this.silence();
    const { slowest, cores } = silence;
    const { first, least, times, busyTimes } = this.patience;
    const patience = slowest === undefined ? first : Math.max(least, times * slowest);
    if (this.silent < patience || this.told === 'hanging') return undefined;
    if (cores < idleCores || this.silent >= busyTimes * patience) return { is: (this.told = 'hanging'), ...silence };
    if (this.told !== undefined) return undefined;
    return { is: (this.told = 'slow'), ...silence };
  }

  private silence(): Silence {
    const known = this.recent.get(this.unit) ?? [];
    return {
      seconds: this.silent,
      unit: this.unit,
      slowest: known.length === 0 ? undefined : Math.max(...known),
      cores: this.cpu / Math.max(this.silent, 1e-3),
    };
  }

  private begin(beats: number, unit: WorkUnit): void {
    if (this.beats >= 0) {
      const known = this.recent.get(this.unit) ?? [];
      known.push(this.silent);
      this.recent.set(this.unit, known.slice(-remembered));
    }
    this.beats = beats;
    this.unit = unit;
    this.silent = this.cpu = 0;
    this.told = undefined;
  }
}
