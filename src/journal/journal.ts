// What happens in a run is told once, as a fact; four writers each make of it what their readers know: events for the
// window, summaries for TensorBoard, stat.h5 and lfw_result.txt for the reference's scripts, and lines for people.
import type { AlarmEvent, RecoveryEvent, TripletRound } from '../protocol/events';
import type { LfwReport } from '../protocol/lfwReport';
import type { SelfCheck } from '../protocol/selfCheck';
import type { StepMeasure, ValidationMeasure } from './measures';

/** A step that was measured, and where it lies. */
export interface ToldStep extends StepMeasure {
  /** Of the run, from 1 on. */
  epoch: number;
  /** From 1 on. */
  stepInEpoch: number;
}

/** How fast the machine was and what it held when steps were read. */
export interface MachineMeasure {
  imagesPerSecond: number;
  residentBytes: number;
  tensorBytes: number;
}

/** Everything that is told, by the name of the fact. */
export interface Facts {
  /** What somebody should know, in a sentence. */
  note: { level: 'info' | 'warning'; message: string };
  phase: { step: number; name: string; trainableFrom: string; epochs: number; boundary: 'start' | 'end' };
  /** Steps that were read together, in their order; never none. */
  steps: {
    steps: readonly ToldStep[];
    phase: { name: string; steps: number; stepsPerEpoch: number };
    /** Steps of the phase after the last of these. */
    done: number;
    batchSize: number;
    machine: MachineMeasure;
  };
  /** Triplets were chosen for the steps after this one. */
  round: TripletRound;
  /** Values of one step by their names, for histograms. */
  histograms: { step: number; values: Iterable<readonly [name: string, values: ArrayLike<number>]> };
  /** An epoch of the run has been trained. */
  epoch: { step: number; epoch: number; seconds: number };
  /** Something begins that may take a while. */
  begin: { what: 'saving' | 'validation' | 'evaluation' | 'statistics' };
  /** `people` is the file of the result per person, relative to the run's folder. */
  validation: ValidationMeasure & { step: number; epoch: number; seconds: number; people?: string };
  /** An LFW evaluation. Epoch and phase are absent before the first step. */
  evaluation: {
    step: number;
    epoch?: number;
    phase?: string;
    report: LfwReport;
    /** Of the report, relative to the run's folder. */
    file: string;
    seconds: number;
  };
  checkpoint: { step: number; prefix: string; best: boolean };
  /** What the training has come to. */
  selfCheck: { step: number; check: SelfCheck };
  /** Something is wrong with what is learned. */
  alarm: Omit<AlarmEvent, 'type' | 'time'>;
  /** The training goes on after something that would have ended it. */
  recovery: Omit<RecoveryEvent, 'type' | 'time'>;
  /** How long the checkpoint of an epoch took; the second figure where the graph was written too. */
  saved: { epoch: number; seconds: number; metaGraphSeconds?: number };
  /** Content of the `.meta` file. */
  graph: { bytes: Uint8Array };
}

type FactWriter = { [F in keyof Facts]?: (fact: Facts[F]) => void };

/** Writes down the facts that it has a method for. */
export type JournalWriter = FactWriter & {
  /** Brings what has been gathered to the disk. */
  flush?(): Promise<void>;
  close?(): void;
};

/** Hands every fact to all writers, in their order. */
export class Journal {
  constructor(private readonly writers: readonly JournalWriter[]) {}

  tell<F extends keyof Facts>(name: F, fact: Facts[F]): void {
    for (const writer of this.writers) {
      const write = (writer as FactWriter)[name];
      write?.(fact);
    }
  }

  say(message: string, level: 'info' | 'warning' = 'info'): void {
    this.tell('note', { level, message });
  }

  async flush(): Promise<void> {
    for (const writer of this.writers) await writer.flush?.();
  }

  close(): void {
    for (const writer of this.writers) writer.close?.();
  }
}
