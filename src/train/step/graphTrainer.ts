// A trainer whose step is one call into TensorFlow: the graph of the step keeps the variables, and what JavaScript has of
// them are copies. A graph is for batches of one size; what a round leaves is a step aside.
import { collectGarbage } from '../../engine/collectGarbage';
import type { StepMeasure } from '../../journal/measures';
import type { Fed } from '../../network/recording/savedGraph';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { halfSquaredSum } from '../heads/losses';
import type { Broken } from './diagnosis';
import { fedRows } from './fedRows';
import { slicesOf } from './microBatches';
import { firstValueOf, type GroupedValues, OpenGraph, type Slot, type Values } from './openGraph';
import { stepAside, valuesOf } from './stepAside';
import { disposeStep, readMeasures, toldOf } from './stepGradients';
import { fed, StepNumbers, terms, writeStepGraph } from './stepGraph';
import type { StepLayout } from './stepLayout';
import {
  outputsOf,
  type StepOutcome,
  type StepRequest,
  type StepTrainer,
  type TrainerOptions,
  type TrainerVariables,
  trainerVariables,
} from './stepTrainer';
import { Trainer } from './trainer';
import { scalarsAfter, slotsOf } from './updateRules';
import { type HeadValidation, validateHead } from './validation';
import { averageOf, averagesOf } from './variableAverages';

/** What a step gives. */
interface Ran {
  made: boolean;
  measures: ReturnType<typeof toldOf>;
  /** Variables before it and its gradients, where they are wanted. */
  variables: Values;
  gradients: Values;
}

/** The step of all ranks, where several share one, as its graph takes it. */
interface Together {
  open: OpenGraph;
  layout: StepLayout;
  values: Float32Array;
  prelogits: Float32Array;
}

export class GraphTrainer implements StepTrainer {
  /** Without the values that the graph has: it changes them, and they would lie here too. */
  private readonly options: TrainerOptions;
  private readonly known: TrainerVariables;
  private readonly numbers: StepNumbers;
  private open: OpenGraph | undefined;
  /** The values of all variables while no graph has them; slots that are missing have their first value. */
  private values: GroupedValues;
  /** Of the optimizer, in this phase. */
  private steps = 0;
  private pending: StepMeasure[] = [];
  /** What validations take of the variables, as of a step. */
  private validated: { steps: number; decay: number; variables: Map<string, HostTensor> } | undefined;

  /** @param inputShape of one row before stage `cut`, without the batch */
  constructor(
    private readonly tf: TensorFlow,
    options: TrainerOptions,
    private readonly inputShape: readonly number[],
  ) {
    this.known = trainerVariables(options);
    const { weights, averages, ...others } = options;
    const { movingAverageDecay } = options;
    const first = new Map(this.weightNames().map((name) => [name, weights.get(name)!.data]));
    this.options = { ...others, weights: new Map([...weights].filter(([name]) => !first.has(name))) };
    this.numbers = new StepNumbers(this.options, this.known);
    const averaged = movingAverageDecay === undefined ? [] : this.known.computed.map(({ name }) => name);
    this.values = {
      weights: first,
      slots: new Map(),
      averages: new Map(averaged.map((name) => [averageOf(name), averages?.get(averageOf(name)) ?? first.get(name)!])),
    };
  }

  private weightNames(): string[] {
    return [...this.known.computed, ...this.known.own].map(({ name }) => name);
  }

  get unit(): number {
    return this.options.head.triplets === undefined ? 1 : 3;
  }

  get tensorBytes(): number {
    return this.tf.memory().numBytes + (this.open?.bytes ?? 0);
  }

  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.steps = steps;
    this.values.slots = new Map(
      this.slots().flatMap(({ name }) => {
        const data = slots.get(name);
        return data === undefined ? [] : [[name, data] as const];
      }),
    );
  }

  private slots(): Slot[] {
    const { computed, own, sparse } = this.known;
    const moved = [...computed.filter(({ trained }) => trained), ...own.filter(({ name }) => sparse.has(name))];
    return moved.flatMap(({ name, shape }) =>
      slotsOf(this.options.optimizer).map(({ suffix, initial }) => ({ name: `${name}/${suffix}`, shape, initial })),
    );
  }

  async step(request: StepRequest): Promise<StepOutcome> {
    if (request.isRest === true) return this.aside(request);
    const { learningRate, number, wantsValues } = request;
    let passed = request.labels.length;
    const within = async <T>(attempt: (open: OpenGraph) => T): Promise<T> =>
      request.within((largest) => {
        passed = largest;
        return attempt(this.opened(request.labels.length, largest));
      });
    const together = await this.together(within, request);
    const run = async (anyway: boolean): Promise<Ran> =>
      together === undefined
        ? within((open) => this.run(open, request, anyway))
        : this.run(together.open, request, anyway, together);
    let ran = Number.isFinite(this.known.frozenDecay) ? await run(false) : undefined;
    if (ran?.made !== true) {
      const found = await this.diagnose(request, passed, together);
      // Looked at in float32: what bfloat16 alone has not finite is not found, and yet is no step to make.
      const broken = found ?? (this.options.computation?.precision === 'bfloat16' ? {} : undefined);
      if (broken !== undefined) return { made: false, broken };
      // Only the sum that the graph looks at has overflown.
      ran = await run(true);
    }
    this.steps++;
    this.pending.push({ step: number, learningRate, ...ran.measures });
    return { made: true, ...(wantsValues && { values: { variables: ran.variables, gradients: ran.gradients } }) };
  }

  /** A step of a size that hardly comes again; a graph that is open stays so and is given what has been learned. */
  private async aside(request: StepRequest): Promise<StepOutcome> {
    const { tf, options, inputShape, known, steps } = this;
    const before = { weights: await this.weights(), optimizer: await this.optimizerState() };
    const { outcome, measures, after } = await stepAside(tf, { options, inputShape, known, steps }, before, request);
    if (after === undefined) return outcome;
    const state = valuesOf(after.optimizer);
    this.values = { weights: valuesOf(after.weights), slots: new Map(), averages: averagesOf(state) };
    this.restore(steps + 1, state);
    this.pending.push(...measures);
    if (this.open !== undefined) this.handOver(this.open);
    return outcome;
  }

  /** The first of two calls and the exchange after it; undefined where this process trains alone. */
  private async together(
    within: <T>(attempt: (open: OpenGraph) => T) => Promise<T>,
    request: StepRequest,
  ): Promise<Together | undefined> {
    const { exchange } = this.options;
    if (exchange === undefined) return undefined;
    const own = await within((open) => {
      const { own: packed, layout } = open.graph.shared!;
      const [values, prelogits] = open.run(new Map(this.batchFeeds(request)), [packed, open.graph.prelogits]);
      return { open, layout, values: values as Float32Array, prelogits: prelogits as Float32Array };
    });
    await exchange.sum(own.values, own.layout, request.own ?? request.labels.length, request.wantsStop === true);
    return own;
  }

  /** The images of a step as its graph takes them. */
  private batchFeeds({ rows, labels, dropoutSeed }: StepRequest): [string, Fed][] {
    return [
      ...fedRows(rows, [labels.length, ...this.inputShape], this.options.pixels),
      [fed.labels, { dtype: 'int32', shape: [labels.length], values: labels }],
      [fed.seed, { dtype: 'int32', shape: [2], values: Int32Array.of(dropoutSeed, 0) }],
    ];
  }

  /** Makes a step, of what is `together` where ranks share it. */
  private run(open: OpenGraph, request: StepRequest, anyway: boolean, together?: Together): Ran {
    const { labels, learningRate, number, wantsValues } = request;
    const { graph } = open;
    const { head } = this.options;
    const { lossDecay, frozenDecay } = this.known;
    const all = together?.values;
    const feeds = new Map<string, Fed>([
      ...(all === undefined
        ? this.batchFeeds(request)
        : [[fed.together, { dtype: 'float32', shape: [all.length], values: all }] as const]),
      [fed.anyway, { dtype: 'bool', shape: [], values: Uint8Array.of(anyway ? 1 : 0) }],
      [
        fed.numbers,
        {
          dtype: 'float32',
          shape: [this.numbers.length],
          values: this.numbers.values(learningRate, this.steps + 1, number),
        },
      ],
    ]);
    const gradients = wantsValues ? [...graph.gradients] : [];
    const { weights } = graph.values;
    const variables = wantsValues ? this.known.computed.map(({ name }) => [name, weights.get(name)!] as const) : [];
    const wanted = [...gradients, ...variables].map(([, output]) => output);
    const results = together === undefined ? [graph.prelogits] : [];
    const [made, numbers, ...rest] = open.run(feeds, [graph.made, graph.measures, ...results, ...wanted]);
    const [prelogits, values] = together === undefined ? [rest[0], rest.slice(1)] : [together.prelogits, rest];
    const named = (names: readonly (readonly [string, string])[], first: number): Values =>
      new Map(names.map(([name], index) => [name, values[first + index] as Float32Array]));
    const measured = Object.fromEntries(graph.measured.map((name, index) => [name, numbers![index]!]));
    const { [terms.regularization]: regularization = 0, [terms.weightDecay]: weightDecay = 0, ...measures } = measured;
    const read = {
      ...{ measures, regularization, weightDecay },
      prelogits: { rows: labels.length, data: prelogits as Float32Array },
    };
    return {
      made: made![0] === 1,
      measures: toldOf(read, head.mainMeasure, lossDecay * frozenDecay),
      gradients: named(gradients, 0),
      variables: named(variables, gradients.length),
    };
  }

  /** The graph for such batches, with the present values of all variables. */
  private opened(images: number, largest: number): OpenGraph {
    if (this.open?.images === images && this.open.largest === largest) return this.open;
    this.close();
    const { tf, options, known, numbers, inputShape } = this;
    const slices = slicesOf(images, largest, this.unit);
    const graph = writeStepGraph(tf, options, known, numbers, inputShape, slices);
    const open = this.handOver(new OpenGraph(tf, graph, images, largest));
    collectGarbage();
    return open;
  }

  /** Gives all values to a graph, which has them from then on; where it fails they stay here and the graph is let go. */
  private handOver(open: OpenGraph): OpenGraph {
    this.open = undefined;
    try {
      open.set(this.values, this.slots());
    } catch (error) {
      open.dispose();
      throw error;
    }
    this.open = open;
    this.values = { weights: new Map(), slots: new Map(), averages: new Map() };
    return open;
  }

  /** Takes all values out of the graph and lets it go. */
  private close(): void {
    const { open } = this;
    if (open === undefined) return;
    this.values = {
      weights: open.values('weights'),
      slots: open.values('slots'),
      averages: open.values('averages'),
    };
    open.dispose();
    this.open = undefined;
  }

  /** The same batch operation by operation, to find where it stops being finite. */
  private async diagnose(
    request: StepRequest,
    largest: number,
    together: Together | undefined,
  ): Promise<Broken | undefined> {
    const { rows, labels, dropoutSeed } = request;
    const weights = new Map([...this.options.weights, ...(await this.weights())]);
    const trainer = new Trainer(this.tf, { ...this.options, weights }, this.inputShape);
    try {
      const own = trainer.gradients(rows, labels, dropoutSeed, largest);
      const all = together?.layout.tensorsOf(this.tf, together.values, own);
      try {
        return await trainer.diagnose(all ?? own, rows, labels, dropoutSeed, largest);
      } finally {
        disposeStep(own);
        if (all !== undefined) disposeStep(all);
      }
    } finally {
      trainer.dispose();
    }
  }

  async measures(): Promise<StepMeasure[]> {
    const { pending } = this;
    this.pending = [];
    return Promise.resolve(pending);
  }

  async validate(prelogits: Float32Array, labels: readonly number[]): Promise<HeadValidation> {
    const { tf } = this;
    const { head } = this.options;
    const { lossDecay, frozenDecay } = this.known;
    const { decay, variables } = await this.forValidation();
    const tensors = new Map([...variables].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
    try {
      const validated = {
        ...{ head, variables: tensors, outputs: outputsOf(this.known) },
        weightDecay: () => (lossDecay === 0 ? undefined : tf.scalar(lossDecay * decay)),
        read: async (measured: Parameters<typeof readMeasures>[0]) =>
          toldOf(await readMeasures(measured), head.mainMeasure, lossDecay * frozenDecay),
      };
      return await validateHead(tf, validated, prelogits, labels);
    } finally {
      for (const tensor of tensors.values()) tensor.dispose();
    }
  }

  private async forValidation(): Promise<NonNullable<GraphTrainer['validated']>> {
    if (this.validated?.steps === this.steps) return this.validated;
    const weights = await this.weights();
    const { computed, own, decayed, stages } = this.known;
    const ofHead = new Set([
      ...stages.slice(this.options.network.stages.length).flatMap((stage) => stage.variables.map(({ name }) => name)),
      ...own.map(({ name }) => name),
    ]);
    const regularized = computed.filter(({ name }) => decayed.has(name));
    const decay = regularized.reduce((sum, { name }) => sum + halfSquaredSum(weights.get(name)!.data), 0);
    const variables = new Map([...weights].filter(([name]) => ofHead.has(name)));
    return (this.validated = { steps: this.steps, decay, variables });
  }

  async weights(): Promise<Map<string, HostTensor>> {
    const shapes = new Map([...this.known.computed, ...this.known.own].map(({ name, shape }) => [name, shape]));
    const values = this.open?.values('weights') ?? this.values.weights;
    return Promise.resolve(new Map([...values].map(([name, data]) => [name, { shape: shapes.get(name)!, data }])));
  }

  async optimizerState(): Promise<Map<string, HostTensor>> {
    const state = new Map<string, HostTensor>();
    const slots = this.open?.values('slots') ?? this.values.slots;
    for (const slot of this.slots())
      state.set(slot.name, { shape: slot.shape, data: slots.get(slot.name) ?? firstValueOf(slot) });
    const averages = this.open?.values('averages') ?? this.values.averages;
    for (const { name, shape } of this.known.computed) {
      const data = averages.get(averageOf(name));
      if (data !== undefined) state.set(averageOf(name), { shape, data });
    }
    for (const [name, value] of scalarsAfter(this.options.optimizer, this.steps))
      state.set(name, { shape: [], data: Float32Array.of(value) });
    return Promise.resolve(state);
  }

  dispose(): void {
    this.open?.dispose();
    this.open = undefined;
    this.pending = [];
  }
}
