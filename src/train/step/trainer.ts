import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { gradientNormMeasure, type StepMeasure } from '../../journal/measures';
import { type BatchRows, standardizeEach } from '../../input/pixels';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { findBroken, type Broken, type DiagnosedPass } from './diagnosis';
import type { TrainedPart } from './gradientPass';
import { slicesOf, type Slice } from './microBatches';
import { openOptimizer } from './openOptimizer';
import { hostCopies, type VariableOptimizer } from './optimizers';
import {
  disposeGradients,
  disposeMeasured,
  disposeStep,
  readMeasures,
  toldOf,
  type MeasuredTensors,
  type StepGradients,
} from './stepGradients';
import {
  outputsOf,
  type StepOutcome,
  type StepRequest,
  type StepTrainer,
  type StepValues,
  type TrainerOptions,
  type TrainerVariables,
  trainerVariables,
} from './stepTrainer';
import { seedDistance, TrainedStep } from './trainedStep';
import { type HeadValidation, validateHead } from './validation';
import { VariableAverages } from './variableAverages';

/**
 * A trainer that computes operation by operation. A step is `gradients`, then `update`; what lies between may change the
 * gradients (several machines average them).
 */
export class Trainer implements StepTrainer {
  /** Variables of the computed stages and of the head's, by their names. */
  private readonly variables = new Map<string, Variable>();
  /** Of the head, outside its stages. */
  private readonly ownVariables = new Map<string, Variable>();
  private readonly part: TrainedPart;
  private readonly trainedStep: TrainedStep;
  private readonly optimizer: VariableOptimizer;
  private readonly averages: VariableAverages | undefined;
  private pending: { step: number; learningRate: number; measured: MeasuredTensors }[] = [];

  /**
   * @param inputShape of one row before stage `cut`, without the batch
   * @param known of the same options; what is frozen is gone through for it
   */
  constructor(
    private readonly tf: TensorFlow,
    private readonly options: TrainerOptions,
    private readonly inputShape: readonly number[],
    private readonly known: TrainerVariables = trainerVariables(options),
  ) {
    const { network, head, cut, weights, batchNorm, keepProbability, clipGradientNorm = 0 } = options;
    const { computed, own, decayed, lossDecay } = known;
    const { variables, ownVariables } = this;
    const trained: { name: string; variable: Variable }[] = [];
    this.part = { stages: network.stages.slice(cut), head, variables, trained, batchNorm, keepProbability };
    try {
      for (const { name, trained: isTrained } of computed) {
        const variable = hold(tf, weights.get(name)!, isTrained);
        variables.set(name, variable);
        if (isTrained) trained.push({ name, variable });
      }
      for (const { name } of own) ownVariables.set(name, hold(tf, weights.get(name)!, false));
      this.trainedStep = new TrainedStep(tf, {
        ...{ part: this.part, head, ownVariables, decayed, lossDecay, clipGradientNorm },
      });
      if (options.movingAverageDecay !== undefined) {
        const { movingAverageDecay: decay, averages = new Map<string, Float32Array>() } = options;
        this.averages = new VariableAverages(tf, variables, decay, averages);
      }
      this.optimizer = this.openOptimizer();
    } catch (error) {
      // It may be tried again with less.
      this.disposeVariables();
      throw error;
    }
  }

  private openOptimizer(): VariableOptimizer {
    const { sparse, decays } = this.known;
    const { optimizer, rateFactors } = this.options;
    const optimized = this.part.trained.map(({ name, variable }) => [name, variable] as const);
    const own = [...sparse].map((name) => [name, this.ownVariables.get(name)!] as const);
    return openOptimizer(this.tf, optimizer, new Map([...optimized, ...own]), { sparse, decays, rateFactors });
  }

  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.optimizer.restore(steps, slots);
  }

  /** Makes a step where it is finite. */
  async step(request: StepRequest): Promise<StepOutcome> {
    const { rows, labels, dropoutSeed, learningRate, number, wantsValues } = request;
    let passed = labels.length;
    const own = await request.within((largest) => {
      passed = largest;
      return this.gradients(rows, labels, dropoutSeed, largest);
    });
    const gradients = await this.exchanged(own, request.own ?? labels.length, request.wantsStop === true);
    if (!(await this.isFinite(gradients))) {
      const broken = await this.diagnose(gradients, rows, labels, dropoutSeed, passed);
      if (broken !== undefined) {
        disposeStep(gradients);
        return { made: false, broken };
      }
    }
    const values = wantsValues ? await this.values(gradients) : undefined;
    this.update(gradients, learningRate, number);
    return { made: true, ...(values !== undefined && { values }) };
  }

  /** The step with what the other ranks have of it, where there are any. */
  private async exchanged(own: StepGradients, images: number, wantsStop: boolean): Promise<StepGradients> {
    const { exchange, head } = this.options;
    return exchange === undefined ? own : exchange.together(this.tf, own, images, head.ownVariables, wantsStop);
  }

  /**
   * Gradients of a batch: rows [N, …] before the cut and the labels of their people. Changes nothing, and leaves nothing
   * behind when it fails; what it gives belongs to the caller, who hands it to `update` or lets it go.
   * @param dropoutSeed another one for every step
   * @param largest images of one pass forward and back; a larger batch goes in several
   */
  gradients(rows: BatchRows, labels: Int32Array, dropoutSeed: number, largest = labels.length): StepGradients {
    const { tf } = this;
    const batch = {
      rows: (slice: Slice) => this.rowsOf(rows, labels.length, slice),
      labels: ({ start, end }: Slice) => tf.tensor1d(labels.subarray(start, end), 'int32'),
    };
    return this.trainedStep.gradients(batch, slicesOf(labels.length, largest, this.unit), dropoutSeed);
  }

  get unit(): number {
    return this.options.head.triplets === undefined ? 1 : 3;
  }

  private rowsOf(rows: BatchRows, images: number, { start, end }: Slice): Tensor {
    const length = rows.length / images;
    const some = rows.subarray(start * length, end * length);
    const values = some instanceof Uint8Array ? standardizeEach(some, length, this.options.pixels!) : some;
    // TensorFlow gives back the array that it was given, which holds other images when the prelogits are read.
    const kept = this.part.stages.length === 0 ? values.slice() : values;
    return this.tf.tensor(kept, [end - start, ...this.inputShape]);
  }

  /** Whether the loss of a step and all that it would change are numbers. It waits for the engine. */
  async isFinite(step: StepGradients): Promise<boolean> {
    const [sum] = await step.checksum.data();
    return Number.isFinite(sum) && Number.isFinite(this.known.frozenDecay);
  }

  /**
   * Where a step that is not finite stops being so, for the batch that it was computed from. Slow.
   * @returns undefined where all is finite: then only the sum that `isFinite` looks at has overflown
   */
  async diagnose(
    step: StepGradients,
    rows: BatchRows,
    labels: Int32Array,
    dropoutSeed: number,
    largest = labels.length,
  ): Promise<Broken | undefined> {
    const { part } = this;
    const { stages } = this.known;
    const { weights } = this.options;
    const passes: DiagnosedPass[] = [];
    try {
      for (const [index, slice] of slicesOf(labels.length, largest, this.unit).entries()) {
        passes.push({
          rows: this.rowsOf(rows, labels.length, slice),
          labels: labels.subarray(slice.start, slice.end),
          dropoutSeed: dropoutSeed + index * seedDistance,
        });
      }
      return await findBroken(this.tf, { part, stages, weights, variables: this.trainedStep.all, step }, passes);
    } finally {
      for (const pass of passes) pass.rows.dispose();
    }
  }

  /**
   * Moves the variables, their statistics and the head's own along `step`, which is let go. What it measured is read by
   * `measures`, so that no step waits for the engine.
   * @param number global step after the update
   */
  update(step: StepGradients, learningRate: number, number: number): void {
    let norm: ReturnType<TrainedStep['update']>;
    try {
      norm = this.trainedStep.update(step, (gradients, presentRows) => {
        this.optimizer.apply(gradients, learningRate, presentRows);
        this.averages?.update(number);
      });
    } catch (error) {
      disposeMeasured(step.measured);
      throw error;
    } finally {
      disposeGradients(step);
    }
    const { measures } = step.measured;
    const measured =
      norm === undefined
        ? step.measured
        : { ...step.measured, measures: { ...measures, [gradientNormMeasure.name]: norm } };
    this.pending.push({ step: number, learningRate, measured });
  }

  get tensorBytes(): number {
    return this.tf.memory().numBytes;
  }

  private async read(measured: MeasuredTensors): Promise<ReturnType<typeof toldOf>> {
    const { lossDecay, frozenDecay } = this.known;
    return toldOf(await readMeasures(measured), this.options.head.mainMeasure, lossDecay * frozenDecay);
  }

  async measures(): Promise<StepMeasure[]> {
    const pending = this.pending;
    this.pending = [];
    const measures: StepMeasure[] = [];
    try {
      for (const { step, learningRate, measured } of pending)
        measures.push({ step, learningRate, ...(await this.read(measured)) });
    } finally {
      for (const { measured } of pending) disposeMeasured(measured);
    }
    return measures;
  }

  async validate(prelogits: Float32Array, labels: readonly number[]): Promise<HeadValidation> {
    const validated = {
      ...{ head: this.options.head, variables: this.trainedStep.all, outputs: outputsOf(this.known) },
      weightDecay: () => this.trainedStep.decayLoss(),
      read: (measured: MeasuredTensors) => this.read(measured),
    };
    return validateHead(this.tf, validated, prelogits, labels);
  }

  /** The values that `update` will change, and the gradients along which it will. */
  async values(step: StepGradients): Promise<StepValues> {
    const host = async (tensors: ReadonlyMap<string, Tensor>): Promise<StepValues['variables']> =>
      new Map([...(await hostCopies(tensors))].map(([name, { data }]) => [name, data]));
    return {
      variables: await host(this.variables),
      gradients: await host(new Map(Object.entries(step.gradients))),
    };
  }

  async weights(): Promise<Map<string, HostTensor>> {
    return hostCopies(this.trainedStep.all);
  }

  async optimizerState(): Promise<Map<string, HostTensor>> {
    const state = await this.optimizer.slotValues();
    if (this.averages !== undefined)
      for (const [name, value] of await hostCopies(this.averages.named())) state.set(name, value);
    for (const [name, value] of this.optimizer.namedScalars())
      state.set(name, { shape: [], data: Float32Array.of(value) });
    return state;
  }

  private disposeVariables(): void {
    this.averages?.dispose();
    for (const variable of [...this.variables.values(), ...this.ownVariables.values()]) variable.dispose();
  }

  dispose(): void {
    this.optimizer.dispose();
    this.disposeVariables();
    for (const { measured } of this.pending) disposeMeasured(measured);
    this.pending = [];
  }
}

function hold(tf: TensorFlow, { shape, data }: HostTensor, trained: boolean): Variable {
  return tf.tidy(() => tf.variable(tf.tensor(data, [...shape]), trained));
}
