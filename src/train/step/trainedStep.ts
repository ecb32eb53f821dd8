// What a step computes, by tensors alone: run now by an engine, or written down as a graph.
import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { regularizationMeasure } from '../../journal/measures';
import { nextMovingStatistic } from '../../network/tensorflow/batchNormalization';
import { type DropoutSeed, laterSeed } from '../../network/tensorflow/dropout';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import { scalarSum } from '../../network/tensorflow/scalarSum';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { HeadInput, LossHead } from '../heads/head';
import { checksum } from './checksum';
import { clipByGlobalNorm } from './clipGradients';
import { gradientPass, type GradientPass, type TrainedPart } from './gradientPass';
import { accumulate, disposePass, type Slice } from './microBatches';
import type { StepGradients } from './stepGradients';

/** The rows of a batch before the first computed stage, and the people of some of it or of all. */
export interface BatchTensors {
  rows(slice: Slice): Tensor;
  labels(slice: Slice): Tensor1D;
}

export interface TrainedStepParts {
  part: TrainedPart;
  head: LossHead;
  /** Of the head, outside its stages. */
  ownVariables: ReadonlyMap<string, Variable>;
  /** Names of the variables that weight decay holds for. */
  decayed: ReadonlySet<string>;
  /** Factor of weight decay as a part of the loss. */
  lossDecay: number;
  /** Norm that the gradients have together at most; 0: whatever it is. */
  clipGradientNorm: number;
}

/** From the dropout of one micro-batch to that of the next; a network has fewer layers that drop values. */
export const seedDistance = 1009;

export class TrainedStep {
  /** Of the stages and the head's own. */
  readonly all: ReadonlyMap<string, Tensor>;

  constructor(
    private readonly tf: TensorFlow,
    private readonly parts: TrainedStepParts,
  ) {
    this.all = new Map([...parts.part.variables, ...parts.ownVariables]);
  }

  /** Gradients of a batch in slices, one after another. When it fails, nothing of it is left behind. */
  gradients(batch: BatchTensors, slices: readonly Slice[], dropoutSeed: DropoutSeed): StepGradients {
    const { tf } = this;
    const pass = accumulate(tf, slices, (slice, index) =>
      tf.tidy(() => {
        const input = { labels: batch.labels(slice), variables: this.all };
        const seed = laterSeed(tf, dropoutSeed, index * seedDistance);
        return gradientPass(tf, this.parts.part, batch.rows(slice), input, seed);
      }),
    );
    try {
      return this.complete(pass, batch.labels({ start: 0, end: slices.at(-1)!.end }), slices.length > 1);
    } catch (error) {
      disposePass(pass);
      throw error;
    }
  }

  /** Adds to a pass what is no mean over images: weight decay, and the head's own rules. `labels` are let go. */
  private complete(pass: GradientPass, labels: Tensor1D, inParts: boolean): StepGradients {
    const { tf } = this;
    const { head } = this.parts;
    try {
      return tf.tidy(() => {
        const { gradients, statistics, prelogits } = pass;
        const input: HeadInput = { labels, variables: this.all, prelogits, inputGradient: false };
        const { [regularizationMeasure.name]: regularization, ...means } = pass.measures;
        const weightDecay = this.addWeightDecay(gradients);
        // How far a batch spreads is no mean of its parts; without stages of its own a head measures the whole for little.
        const isMeasuredWhole = inParts && head.stages.length === 0;
        const measures = isMeasuredWhole ? head.loss(tf, input).measures : means;
        if (isMeasuredWhole) for (const mean of Object.values(means)) mean.dispose();
        const own = head.afterGradients?.(tf, input);
        const terms = [measures[head.mainMeasure]!, regularization, weightDecay].filter((term) => term !== undefined);
        const all = { ...gradients, ...own?.gradients };
        return {
          gradients: all,
          presentRows: { ...own?.presentRows },
          moves: { ...own?.moves },
          statistics,
          checksum: checksum(tf, [
            ...terms,
            ...Object.values<Tensor>({ ...all, ...own?.moves }),
            ...Object.values(statistics),
          ]),
          measured: {
            measures,
            ...(regularization !== undefined && { regularization }),
            ...(weightDecay !== undefined && { weightDecay }),
            prelogits,
          },
        };
      });
    } finally {
      labels.dispose();
    }
  }

  /** Adds weight decay to the gradients of what it holds for; its part of the loss, or undefined where there is none. */
  private addWeightDecay(gradients: Record<string, Tensor>): Scalar | undefined {
    const { tf } = this;
    const { lossDecay } = this.parts;
    if (lossDecay === 0) return undefined;
    for (const { name, variable } of this.decayed()) {
      const gradient = gradients[name];
      // Let go one by one: the sums of all variables at once would be as large again as what is trained.
      gradients[name] = tf.tidy(() => {
        const decay = tf.mul(variable, lossDecay);
        return gradient === undefined ? decay : tf.add(gradient, decay);
      });
      gradient?.dispose();
    }
    return this.decayLoss();
  }

  private decayed(): TrainedPart['trained'] {
    const { part, decayed } = this.parts;
    return part.trained.filter(({ name }) => decayed.has(name));
  }

  /** Weight decay's part of the loss that changes; undefined where there is none. */
  decayLoss(): Scalar | undefined {
    const { tf } = this;
    if (this.parts.lossDecay === 0) return undefined;
    const native = nativeVariables(tf);
    const sums = this.decayed().map(
      ({ variable }) => native?.halfSquaredSum(variable) ?? tf.mul(tf.sum(tf.square(variable)), 0.5),
    );
    return tf.mul<Scalar>(scalarSum(tf, sums), this.parts.lossDecay);
  }

  /**
   * Moves the variables, their statistics and the head's own along `step`, which stays.
   * @param move moves the variables along their gradients
   * @returns the norm of all gradients, where it is bounded
   */
  update(
    { statistics, moves, gradients, presentRows }: StepGradients,
    move: (gradients: StepGradients['gradients'], presentRows: StepGradients['presentRows']) => void,
  ): Scalar | undefined {
    const { tf } = this;
    const { part, ownVariables, clipGradientNorm: largest } = this.parts;
    return tf.tidy((): Scalar | undefined => {
      for (const [name, batch] of Object.entries(statistics)) {
        const moving = part.variables.get(name)!;
        moving.assign(nextMovingStatistic(tf, moving as Tensor, batch));
      }
      for (const [name, change] of Object.entries(moves)) {
        const variable = ownVariables.get(name)!;
        variable.assign(tf.add(variable, change));
      }
      const clipped = largest > 0 ? clipByGlobalNorm(tf, gradients, largest) : undefined;
      move(clipped?.gradients ?? gradients, presentRows);
      return clipped?.norm;
    });
  }
}
