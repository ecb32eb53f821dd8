// A training step as one graph of TensorFlow's: what the trainer computes operation by operation, written down once.
import type { Rank, Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { gradientNormMeasure } from '../../journal/measures';
import { isTrained } from '../../network/describe';
import { neededNodes } from '../../network/graphdef/neededNodes';
import type { NodeDef } from '../../network/graphdef/schema';
import { type GraphVariable, GraphRecorder, valueOf } from '../../network/recording/recordingBackend';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { alone, beside, bundled, type Bundle, Bundles, sizesOf } from './bundles';
import type { Slice } from './microBatches';
import { NativeOptimizer, ratesAt } from './nativeOptimizer';
import { Optimizer, type Rates, type VariableOptimizer } from './optimizers';
import { disposeStep, type StepGradients } from './stepGradients';
import { StepLayout } from './stepLayout';
import type { TrainerOptions, TrainerVariables } from './stepTrainer';
import { TrainedStep } from './trainedStep';
import { slotsOf } from './updateRules';
import { averageOf, shareAt, VariableAverages } from './variableAverages';

/** Names of the placeholders of a step, and of what is fetched. */
export const fed = {
  rows: 'rows',
  /** Of rows that are pixels, [N, 4]: what is taken from R, G and B, and what the rest is multiplied with. */
  standards: 'standards',
  labels: 'labels',
  seed: 'dropout_seed',
  numbers: 'numbers',
  anyway: 'anyway',
  /** The step of all ranks together, where there are several. */
  together: 'together',
} as const;

/** Variables of the graph that are set together: from what is fed for each, or to their first values. */
export type VariableGroup = 'weights' | 'slots' | 'averages';

export interface StepGraph {
  nodes: readonly NodeDef[];
  variables: Readonly<Record<VariableGroup, readonly Bundle[]>>;
  /** What is fetched for the present value of every variable, by its checkpoint name. */
  values: Readonly<Record<VariableGroup, ReadonlyMap<string, string>>>;
  /** A truth value: whether the step was finite, and so made. */
  made: string;
  /** The numbers that the step measured, in the order of `measured`. */
  measures: string;
  measured: readonly string[];
  prelogits: string;
  /** By the checkpoint names of the variables. */
  gradients: ReadonlyMap<string, string>;
  /** Where ranks share a step it is two runs: this rank's step comes out of one, and that of all goes into the other. */
  shared?: { layout: StepLayout; own: string };
}

/** What of the measured is no measure of the head's. */
export const terms = { regularization: 'regularization term', weightDecay: 'weight decay' } as const;

/** Placeholder of a variable's value, and what is fetched to set a group. */
export const feedOf = (variable: string): string => `${variable}/Fed`;
export const setGroup = (group: VariableGroup): string => `set/${group}`;
/** Sets the slots to what they are before the first step. */
export const resetSlots = 'reset/slots';

/** The numbers of a step, which it is fed, and where they stand. */
export class StepNumbers {
  /** Variables whose numbers are the same, by one of them. */
  private readonly groups = new Map<string, { of: string; start: number; factors: number; decays: boolean }>();
  readonly length: number;

  constructor(
    private readonly options: Pick<TrainerOptions, 'optimizer' | 'rateFactors' | 'movingAverageDecay'>,
    private readonly known: Pick<TrainerVariables, 'computed' | 'sparse' | 'decays'>,
  ) {
    let length = 0;
    const rates = this.ratesAt(1, 1);
    for (const name of [...trainedNames(known), ...known.sparse]) {
      const key = this.keyOf(name);
      if (this.groups.has(key)) continue;
      const { factors, decay } = rates(name);
      this.groups.set(key, { of: name, start: length, factors: factors.length, decays: decay !== undefined });
      length += factors.length + (decay === undefined ? 0 : 1);
    }
    this.length = length + 1;
  }

  /** What of a variable decides its numbers. */
  keyOf(name: string): string {
    const { sparse, decays } = this.known;
    return [sparse.has(name), this.options.rateFactors?.get(name) ?? 1, decays.get(name) ?? 0].join();
  }

  private ratesAt(rate: number, t: number): ReturnType<typeof ratesAt> {
    const { optimizer, rateFactors } = this.options;
    const { sparse, decays } = this.known;
    return ratesAt(optimizer, { rateFactors, decays }, (name) => sparse.has(name), rate, t);
  }

  /** Of step `t` of the optimizer, from 1. @param number global step after the update */
  values(rate: number, t: number, number: number): Float32Array {
    const rates = this.ratesAt(rate, t);
    const all = [...this.groups.values()].flatMap(({ of }) => {
      const { factors, decay } = rates(of);
      return [...factors, ...(decay === undefined ? [] : [decay])];
    });
    const { movingAverageDecay: decay } = this.options;
    return Float32Array.from([...all, decay === undefined ? 0 : shareAt(decay, number)]);
  }

  /** The same numbers in a graph, by variable. */
  rates(numbers: readonly Scalar[]): (name: string) => Rates {
    return (name) => {
      const { start, factors, decays } = this.groups.get(this.keyOf(name))!;
      return {
        factors: numbers.slice(start, start + factors),
        ...(decays && { decay: numbers[start + factors]! }),
      };
    };
  }

  share(numbers: readonly Scalar[]): Scalar {
    return numbers[this.length - 1]!;
  }
}

function trainedNames({ computed }: Pick<TrainerVariables, 'computed'>): string[] {
  return computed.filter(({ trained }) => trained).map(({ name }) => name);
}

/**
 * Writes the step for batches in these slices. The graph is what `Trainer` computes, by the same code: forward, loss,
 * gradients, update, averages and statistics.
 * @param inputShape of one row, without the batch
 */
export function writeStepGraph(
  tf: TensorFlow,
  options: TrainerOptions,
  known: TrainerVariables,
  numbers: StepNumbers,
  inputShape: readonly number[],
  slices: readonly Slice[],
): StepGraph {
  const recorder = new GraphRecorder(tf);
  return recorder.record(() => new StepWriter(tf, recorder, options, known, numbers).write(inputShape, slices));
}

class StepWriter {
  private readonly variables: Record<VariableGroup, Bundle[]> = { weights: [], slots: [], averages: [] };
  private readonly values: Record<VariableGroup, Map<string, string>> = {
    weights: new Map(),
    slots: new Map(),
    averages: new Map(),
  };
  private readonly bundles: Bundles;
  private readonly sets: Record<VariableGroup, string[]> = { weights: [], slots: [], averages: [] };
  private readonly resets: string[] = [];
  /** First values of slots, by value and shape. */
  private readonly firsts = new Map<string, Tensor>();
  private readonly resources = new Map<string, GraphVariable>();
  /** Variables of TensorFlow.js that stand for those of the graph, with what they are before the step. */
  private readonly held: { variable: Variable; of: GraphVariable; before: object }[] = [];

  constructor(
    private readonly tf: TensorFlow,
    private readonly recorder: GraphRecorder,
    private readonly options: TrainerOptions,
    private readonly known: TrainerVariables,
    private readonly numbers: StepNumbers,
  ) {
    // Ranks exchange a step in the order of its tensors, which is to be the same with and without a graph.
    this.bundles = new Bundles(
      options.exchange === undefined
        ? bundled(known.computed, (spec) => this.changeOf(spec))
        : known.computed.map(alone),
    );
  }

  /** How a variable is changed in a step. */
  private changeOf({ name, role, trained }: TrainerVariables['computed'][number]): string {
    if (!trained) return isTrained({ role }) ? 'frozen' : 'statistic';
    return [this.known.decayed.has(name), this.numbers.keyOf(name)].join();
  }

  write(inputShape: readonly number[], slices: readonly Slice[]): StepGraph {
    const { tf, recorder, options, known } = this;
    const { network, head, cut, batchNorm, keepProbability, movingAverageDecay, clipGradientNorm = 0 } = options;
    const images = slices.at(-1)!.end;
    const rows = this.rows([images, ...inputShape]);
    const labels = recorder.placeholder(fed.labels, 'int32', [images]) as Tensor1D;
    const seed = recorder.placeholder(fed.seed, 'int32', [2]) as Tensor1D;
    const anyway = recorder.placeholder(fed.anyway, 'bool', []);
    const numbers = tf.unstack(recorder.placeholder(fed.numbers, 'float32', [this.numbers.length])) as Scalar[];

    const variables = new Map<string, Variable>();
    const trained: { name: string; variable: Variable }[] = [];
    const moved = new Set(known.computed.filter((one) => one.trained).map(({ name }) => name));
    const decayed = new Set<string>();
    for (const bundle of this.bundles.all) {
      const { name, members } = bundle;
      const first = members[0]!.name;
      const variable = this.weight(bundle, moved.has(first));
      variables.set(name, variable);
      if (moved.has(first)) trained.push({ name, variable });
      if (known.decayed.has(first)) decayed.add(name);
    }
    const ownVariables = new Map(known.own.map((own) => [own.name, this.weight(alone(own), false)]));
    const bfloat16 = options.computation?.precision === 'bfloat16';
    const stages = network.stages.slice(cut);
    const { bundles } = this;
    const part = { stages, head, variables, trained, batchNorm, keepProbability, bfloat16, bundles };
    const { lossDecay } = known;
    const step = new TrainedStep(tf, { part, head, ownVariables, decayed, lossDecay, clipGradientNorm });
    const optimizer = this.optimizer(trained, ownVariables);
    const averages =
      movingAverageDecay === undefined
        ? undefined
        : new VariableAverages(tf, variables, movingAverageDecay, new Map<string, Float32Array>());
    if (averages !== undefined) {
      const named = averages.named();
      for (const bundle of bundles.all)
        this.hold(named.get(averageOf(bundle.name))!, this.declare('averages', beside(bundle, averageOf)));
    }

    const partOf = <T extends Tensor>(whole: T, { start, end }: Slice): T =>
      end - start === images ? whole.clone() : tf.slice<Rank, T>(whole, start, end - start);
    const batch = {
      rows: (slice: Slice) => partOf(rows, slice),
      labels: (slice: Slice) => partOf(labels, slice),
    };
    const own = step.gradients(batch, slices, seed);
    const shared = this.shared(own);
    const gradients = shared?.all ?? own;
    let norm: Scalar | undefined;
    const ratesOf = this.numbers.rates(numbers);
    const made = recorder.changing(tf.logicalOr(tf.isFinite(gradients.checksum), anyway), () => {
      norm = step.update(gradients, (all, presentRows) => {
        optimizer.move(all, (name) => ratesOf(bundles.firstOf(name)), presentRows);
        averages?.move(this.numbers.share(numbers));
      });
      for (const { variable, of, before } of this.held) if (variable.dataId !== before) of.assign(variable);
    });
    const graph = {
      ...this.results(gradients, norm, made, shared === undefined ? [] : [shared.own]),
      ...(shared !== undefined && { shared: { layout: shared.layout, own: shared.own } }),
    };
    disposeStep(gradients);
    if (shared !== undefined) disposeStep(own);
    optimizer.dispose();
    averages?.dispose();
    for (const first of this.firsts.values()) first.dispose();
    for (const variable of [...variables.values(), ...ownVariables.values()]) variable.dispose();
    return graph;
  }

  private rows(shape: readonly number[]): Tensor {
    const { tf, recorder } = this;
    if (this.options.pixels === undefined) return recorder.floats(fed.rows, shape);
    const images = shape[0]!;
    const [centre, scale] = tf.split(recorder.placeholder(fed.standards, 'float32', [images, 4]), [3, 1], 1);
    const centred = tf.sub(recorder.bytes(fed.rows, shape), tf.reshape(centre!, [images, 1, 1, 3]));
    return tf.mul(centred, tf.reshape(scale!, [images, 1, 1, 1]));
  }

  /** The step of all ranks, where several share one: their exchange is between two runs of the graph. */
  private shared(own: StepGradients): { layout: StepLayout; own: string; all: StepGradients } | undefined {
    const { tf, recorder } = this;
    const { exchange, head } = this.options;
    if (exchange === undefined) return undefined;
    const layout = new StepLayout(own, head.ownVariables);
    const packed = layout.pack(tf, own, exchange.room);
    const together = recorder.placeholder(fed.together, 'float32', packed.shape) as Tensor1D;
    return { layout, own: recorder.outputOf(packed), all: layout.unpack(tf, together, own.measured) };
  }

  private optimizer(
    trained: readonly { name: string; variable: Variable }[],
    ownVariables: ReadonlyMap<string, Variable>,
  ): VariableOptimizer {
    const { tf } = this;
    const { optimizer: name } = this.options;
    const { sparse, decays } = this.known;
    const rows = new Optimizer(tf, name, new Map([...sparse].map((key) => [key, ownVariables.get(key)!])), { decays });
    const { initials } = this;
    const slot = (bundle: Bundle): GraphVariable => this.slot(bundle, initials.get(bundle.name.split('/').at(-1)!)!);
    for (const [key, variable] of rows.namedSlots())
      this.hold(variable, slot(alone({ name: key, shape: variable.shape })));
    const slots = this.bundles.all.flatMap((bundle) =>
      [...initials.keys()].map((suffix) => beside(bundle, (one) => `${one}/${suffix}`)),
    );
    const slotsByName = new Map(slots.map((bundle) => [bundle.name, bundle]));
    return new NativeOptimizer(
      tf,
      nativeVariables(tf)!,
      name,
      new Map(trained.map(({ name: key, variable }) => [key, variable])),
      rows,
      { decays },
      (_, key) => this.resources.get(key) ?? slot(slotsByName.get(key)!),
    );
  }

  /** First values of slots by the last part of their names. */
  private get initials(): Map<string, number> {
    return new Map(slotsOf(this.options.optimizer).map(({ suffix, initial }) => [suffix, initial]));
  }

  private weight(bundle: Bundle, moved: boolean): Variable {
    const { name } = bundle;
    const resource = this.declare('weights', bundle);
    const variable = this.tf.variable(resource.read(), moved);
    this.resources.set(name, resource);
    // What is trained is moved by TensorFlow's own operations, in place.
    if (!moved) this.held.push({ variable, of: resource, before: variable.dataId });
    return variable;
  }

  private slot(bundle: Bundle, initial: number): GraphVariable {
    const { shape } = bundle;
    const resource = this.declare('slots', bundle);
    // Slots of one shape begin as the same; a value for each would be a third of what TensorFlow looks at to set them.
    const key = [initial, ...shape].join();
    const first = this.firsts.get(key) ?? this.tf.keep(this.tf.fill([...shape], initial));
    this.firsts.set(key, first);
    this.resets.push(resource.preset(first));
    return resource;
  }

  private declare(group: VariableGroup, bundle: Bundle): GraphVariable {
    const { recorder } = this;
    const { name, shape, members } = bundle;
    const resource = recorder.variable(name, shape);
    this.variables[group].push(bundle);
    const values = members.length === 1 ? [valueOf(name)] : resource.parts(sizesOf(members));
    for (const [index, member] of members.entries()) this.values[group].set(member.name, values[index]!);
    const given = recorder.placeholder(feedOf(name), 'float32', shape);
    this.sets[group].push(resource.preset(given));
    return resource;
  }

  private hold(variable: Variable, of: GraphVariable): void {
    variable.assign(of.read());
    this.held.push({ variable, of, before: variable.dataId });
  }

  private results(step: StepGradients, norm: Scalar | undefined, made: Tensor, more: readonly string[]): StepGraph {
    const { tf, recorder } = this;
    const { measures, regularization, weightDecay, prelogits } = step.measured;
    const measured = {
      ...measures,
      ...(norm !== undefined && { [gradientNormMeasure.name]: norm }),
      ...(regularization !== undefined && { [terms.regularization]: regularization }),
      ...(weightDecay !== undefined && { [terms.weightDecay]: weightDecay }),
    };
    const sets = Object.entries(this.sets)
      .filter(([, nodes]) => nodes.length > 0)
      .map(([group, nodes]) => recorder.together(setGroup(group as VariableGroup), nodes));
    if (this.resets.length > 0) sets.push(recorder.together(resetSlots, this.resets));
    const outputs = {
      made: recorder.outputOf(made),
      measures: recorder.outputOf(tf.stack(Object.values(measured))),
      prelogits: recorder.outputOf(prelogits),
    };
    const gradients = [...this.bundles.apart(tf, new Map(Object.entries(step.gradients)))].map(
      ([name, one]) => [name, recorder.outputOf(one)] as const,
    );
    const values = Object.values(this.values).flatMap((group) => [...group.values()]);
    const fetched = [...Object.values(outputs), ...gradients.map(([, output]) => output), ...values, ...sets, ...more];
    return {
      ...outputs,
      // Not what only operations one after another leave behind them. A placeholder may be fed although nothing needs it.
      nodes: neededNodes(recorder.graph.nodes, [...fetched, ...Object.values(fed)]),
      variables: this.variables,
      values: this.values,
      measured: Object.keys(measured),
      gradients: new Map(gradients),
    };
  }
}
