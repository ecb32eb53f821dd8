// The second look at a step whose numbers are not all finite: where that begins. It may take its time.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Stage } from '../../network/ops';
import type { Weights } from '../../network/tensor';
import { forward } from '../../network/tensorflow/forward';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { allFinite } from './finite';
import type { TrainedPart } from './gradientPass';
import type { StepGradients } from './stepGradients';

/** What is not finite in a step: NaN or an infinity. */
export interface Broken {
  /** The first term of the loss that is not finite, by its name in a sentence; absent where the loss is finite. */
  term?: string;
  /** Where the first such value is, in the order in which a step computes; absent where it is in the loss alone. */
  place?: BrokenPlace;
}

export type BrokenPlace =
  /** The images, or the activations of frozen stages. */
  | { kind: 'input' }
  | { kind: 'weights' | 'gradient' | 'statistic'; stage: string; variable: string }
  | { kind: 'result'; stage: string };

export interface DiagnosedStep {
  part: TrainedPart;
  /** All stages, frozen ones and the head's included, in their order. */
  stages: readonly { name: string; variables: readonly { name: string }[] }[];
  /** Of what is frozen; what is trained has the part's. */
  weights: Weights;
  /** Of the part's stages and the head's own. */
  variables: ReadonlyMap<string, Tensor>;
  step: StepGradients;
}

/** Images of one pass: rows before the first computed stage, with their labels. */
export interface DiagnosedPass {
  rows: Tensor;
  labels: Int32Array;
  dropoutSeed: number;
}

/** Where a step stops being finite; undefined where every value is finite after all and only their sum was not. */
export async function findBroken(
  tf: TensorFlow,
  step: DiagnosedStep,
  passes: readonly DiagnosedPass[],
): Promise<Broken | undefined> {
  for (const { rows } of passes) if (!(await isFinite(rows))) return { place: { kind: 'input' } };
  const weights = await brokenWeights(step);
  const results = await brokenResult(tf, step, passes);
  const term = results.term ?? (await brokenTerm(step));
  const place = weights ?? results.place ?? (await brokenChange(step));
  if (term === undefined && place === undefined) return undefined;
  return { ...(term !== undefined && { term }), ...(place !== undefined && { place }) };
}

async function isFinite(tensor: Tensor): Promise<boolean> {
  return allFinite(await tensor.data());
}

async function brokenWeights({ stages, weights, variables }: DiagnosedStep): Promise<BrokenPlace | undefined> {
  for (const { name: stage, variables: specs } of stages) {
    for (const { name: variable } of specs) {
      const values = (await variables.get(variable)?.data()) ?? weights.get(variable)?.data;
      if (values !== undefined && !allFinite(values)) return { kind: 'weights', stage, variable };
    }
  }
  return undefined;
}

/** Follows the images through the stages, one by one, and through the terms of the loss. */
async function brokenResult(tf: TensorFlow, step: DiagnosedStep, passes: readonly DiagnosedPass[]): Promise<Broken> {
  let first: Broken = {};
  for (const pass of passes) {
    const held = new Set<Tensor>();
    try {
      first = { ...(await brokenInPass(tf, step, pass, held)), ...first };
    } finally {
      tf.dispose([...held]);
    }
  }
  return first;
}

/** @param held what it holds at the moment, so that nothing stays when it fails */
async function brokenInPass(
  tf: TensorFlow,
  { part, variables }: DiagnosedStep,
  { rows, labels, dropoutSeed }: DiagnosedPass,
  held: Set<Tensor>,
): Promise<Broken> {
  const { batchNorm, keepProbability, head } = part;
  const hold = <T extends Tensor>(tensor: T): T => {
    held.add(tensor);
    return tensor;
  };
  const letGo = (tensor: Tensor): void => {
    held.delete(tensor);
    tensor.dispose();
  };
  let place: BrokenPlace | undefined;
  const through = async (stage: Stage, x: Tensor): Promise<Tensor> => {
    const result = hold(
      forward(tf, [stage], x, variables, { training: true, batchNorm, keepProbability, dropoutSeed }),
    );
    if (place === undefined && !(await isFinite(result))) place = { kind: 'result', stage: stage.name };
    return result;
  };
  let x: Tensor = hold(rows.clone());
  for (const stage of part.stages) {
    const result = await through(stage, x);
    letGo(x);
    x = result;
  }
  for (const stage of head.stages) letGo(await through(stage, x));
  const terms = tf.tidy(() => {
    const input = { prelogits: x as Tensor2D, labels: tf.tensor1d(labels, 'int32'), variables, inputGradient: false };
    const { main, regularizers } = head.loss(tf, input);
    return { [head.term]: main, ...regularizers };
  });
  for (const value of Object.values(terms)) hold(value);
  let term: string | undefined;
  for (const [name, value] of Object.entries(terms)) if (term === undefined && !(await isFinite(value))) term = name;
  return { ...(term !== undefined && { term }), ...(place !== undefined && { place }) };
}

/** Of what the step has measured itself. */
async function brokenTerm({ part: { head }, step }: DiagnosedStep): Promise<string | undefined> {
  const { measures, regularization, weightDecay } = step.measured;
  const terms = [
    [head.term, measures[head.mainMeasure]],
    ['regularisation', regularization],
    ['weight decay', weightDecay],
  ] as const;
  for (const [name, value] of terms) if (value !== undefined && !(await isFinite(value))) return name;
  return undefined;
}

/** Gradients go from the loss back through the stages: the first broken one is that of the last stage. */
async function brokenChange({ stages, step }: DiagnosedStep): Promise<BrokenPlace | undefined> {
  const stageOf = (variable: string): string =>
    stages.find(({ variables }) => variables.some(({ name }) => name === variable))?.name ?? variable;
  const inOrder = [...stages].reverse().flatMap(({ variables }) => variables.map(({ name }) => name));
  const gradients = Object.keys(step.gradients);
  for (const variable of [...gradients.filter((name) => !inOrder.includes(name)), ...inOrder]) {
    const gradient = step.gradients[variable];
    if (gradient !== undefined && !(await isFinite(gradient)))
      return { kind: 'gradient', stage: stageOf(variable), variable };
  }
  for (const [variable, value] of Object.entries<Tensor>({ ...step.statistics, ...step.moves }))
    if (!(await isFinite(value))) return { kind: 'statistic', stage: stageOf(variable), variable };
  return undefined;
}
