import { basename } from 'node:path';
import type { WritableTensor } from '../../checkpoint/tensorInfo';
import { patiently } from '../../files/patience';
import type { Journal } from '../../journal/journal';
import type { JobContext } from '../../protocol/jobContext';
import type { RunRecord } from '../../protocol/run';
import { allFinite } from '../step/finite';
import type { StepTrainer } from '../step/stepTrainer';
import type { Checkpoints } from './checkpoints';
import { weightsDiverged } from './divergence';
import type { RunState } from './runState';

/** Saving takes at most this part of the time, between phases and evaluations. */
const savingShare = 0.05;
const shortestInterval = 2000;

/** Decides when a run is saved, and saves it. */
export class Saver {
  private last = { step: -1, ended: performance.now(), milliseconds: 0 };

  /**
   * @param modelRecord written beside the best checkpoint as its run.json
   * @param best of an earlier part of the run
   */
  constructor(
    private readonly state: RunState,
    private readonly checkpoints: Checkpoints,
    private readonly modelRecord: object,
    private best: RunRecord['best'],
    private readonly journal: Journal,
    private readonly context: Pick<JobContext, 'update' | 'signal' | 'beat'>,
  ) {}

  get bestSoFar(): RunRecord['best'] {
    return this.best;
  }

  /** Whether the last save is long enough ago for what saving costs. */
  isDue(): boolean {
    const { ended, milliseconds } = this.last;
    return performance.now() - ended >= Math.max(shortestInterval, milliseconds / savingShare);
  }

  /**
   * Brings the run's state up to date and writes a checkpoint of its step, unless it is there already.
   * @param epoch of the run
   * @throws DivergedError for weights that are no numbers, before anything is written
   */
  async save(trainer: StepTrainer, epoch: number): Promise<void> {
    const { state, journal } = this;
    if (this.last.step === state.step) return;
    const started = performance.now();
    journal.tell('begin', { what: 'saving' });
    const tensors = await state.update(trainer);
    requireFinite(state);
    const metaGraphSeconds = await this.write(tensors);
    const milliseconds = performance.now() - started;
    journal.tell('saved', {
      epoch,
      seconds: milliseconds / 1000,
      ...(metaGraphSeconds !== undefined && { metaGraphSeconds }),
    });
    this.last = { step: state.step, ended: performance.now(), milliseconds };
  }

  /** A checkpoint from before the first step, so that a run that is stopped there is resumed like any other. */
  async saveUntrained(): Promise<void> {
    await this.write(this.state.tensors());
  }

  /**
   * Keeps the checkpoint of this step apart when its accuracy (on LFW, else on the validation images) is the best.
   * @param baseline accuracy of what the run began with, which has to be beaten too
   */
  async considerBest(accuracy: number, baseline = -Infinity): Promise<void> {
    const { step } = this.state;
    if (accuracy <= Math.max(this.best?.accuracy ?? -Infinity, baseline)) return;
    const keep = async (): Promise<string> => this.checkpoints.keepBest(step, this.modelRecord);
    const checkpoint = await patiently(this.checkpoints.directory, keep, this.context.signal);
    this.best = { step, accuracy, checkpoint };
    await this.context.update({ best: this.best });
    this.journal.tell('checkpoint', { step, prefix: `best/${basename(checkpoint)}`, best: true });
  }

  /** Resolves to the seconds that writing the metagraph took, the first time. */
  private async write(tensors: ReadonlyMap<string, WritableTensor>): Promise<number | undefined> {
    const { step } = this.state;
    this.context.beat?.('saving', step);
    // First, so that a run that is killed and goes on from the checkpoint finds its steps there.
    await this.journal.flush();
    const { prefix, metaGraphSeconds } = await patiently(
      this.checkpoints.directory,
      async () => this.checkpoints.save(step, tensors),
      this.context.signal,
    );
    await this.context.update({ checkpoint: { step, prefix } });
    this.journal.tell('checkpoint', { step, prefix: basename(prefix), best: false });
    return metaGraphSeconds;
  }
}

/** Finite gradients times a rate beyond all reason may leave the range of numbers; the next step would tell, where there is one. */
function requireFinite({ weights, step }: RunState): void {
  for (const [name, { data }] of weights) if (!allFinite(data)) throw weightsDiverged(step, name);
}
