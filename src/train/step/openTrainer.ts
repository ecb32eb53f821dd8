import type { Computation } from '../../engine/loadNative';
import type { TrainingEngine } from '../../engine/trainingEngine';
import { UserError } from '../../protocol/errors';
import { CheckedTrainer, type CheckedParts } from './checkedTrainer';
import { GraphTrainer } from './graphTrainer';
import { trainerFrom } from './stepAside';
import type { StepTrainer, TrainerOptions } from './stepTrainer';
import { Trainer } from './trainer';

/** How steps are computed, and why not as one call where they are not. */
export interface StepKind {
  asGraph: boolean;
  /** Whether the first step of each phase is held against the same step operation by operation, which stands in for it. */
  isChecked: boolean;
  /** For the log and the run's record. */
  description: string;
}

/** What decides how steps are computed, beside the engine. */
export interface StepWants {
  hasTriplets: boolean;
  /** Several processes add up their gradients, which is between two calls. */
  isShared: boolean;
  computation?: Computation | undefined;
}

const plainly: Computation = { precision: 'float32', xla: 'off' };

/**
 * Whether the steps of a training are one call of a graph each or one operation after another. Only TensorFlow has graphs;
 * they are made for batches of one size, and the last batch of a round of triplets, which may be smaller, is a step aside.
 * On a GPU no graph of a step has been run so far: unless one is asked for, the first of each phase is checked there, and
 * none is made of several ranks.
 * @param asked FACENET_STEP of the environment, `graph` or `eager`
 * @throws UserError when that is something else, and where the computation that is wanted takes graphs and there are none
 */
export function stepKind(
  engine: Pick<TrainingEngine, 'name' | 'gpu'>,
  { hasTriplets, isShared, computation: { precision, xla } = plainly }: StepWants,
  asked = process.env['FACENET_STEP'],
): StepKind {
  if (asked !== undefined && asked !== 'eager' && asked !== 'graph')
    throw new UserError(`FACENET_STEP is "${asked}", which is no way to compute a step.`, 'Use graph or eager.');
  const inTf32 = precision === 'tf32' ? ', convolutions and matrix products in TF32' : '';
  const graphsFor = xla === 'on' ? 'xla "on"' : precision === 'bfloat16' ? 'the precision "bfloat16"' : undefined;
  const single = (reason: string): StepKind => {
    if (graphsFor !== undefined)
      throw new UserError(
        `For ${graphsFor} the steps have to be graphs of TensorFlow, and here they are one operation after another (${reason}).`,
        'Choose the precision "float32" and xla "off", or train where steps are graphs (docs/engines.md).',
      );
    return { asGraph: false, isChecked: false, description: `one operation after another (${reason})${inTf32}` };
  };
  if (engine.name === 'wasm') return single('WebAssembly has no graphs');
  if (asked === 'eager') return single('FACENET_STEP=eager');
  const isChecked = engine.gpu && asked === undefined && graphsFor === undefined;
  if (isChecked && isShared) return single('ranks on GPUs, FACENET_STEP=graph takes two calls for each');
  const calls = isShared
    ? 'two calls of a TensorFlow graph, the sums over the ranks between them'
    : 'one call of a TensorFlow graph';
  const inBfloat16 = precision === 'bfloat16' ? ', convolutions and matrix products in bfloat16' : '';
  const compiled = xla === 'on' ? ', compiled by XLA' : '';
  // No operation alone takes bfloat16.
  const inFloat32 = precision === 'bfloat16' ? ', in float32' : '';
  const aside = hasTriplets ? `; what is left of a round one operation after another${inFloat32}` : '';
  const checked = isChecked ? '; the first of each phase is compared with one operation after another' : '';
  return { asGraph: true, isChecked, description: `${calls}${inTf32}${inBfloat16}${compiled}${aside}${checked}` };
}

/**
 * A trainer on an engine.
 * @param inputShape of one row before stage `cut`, without the batch
 * @param onPlain told why steps that were to be graphs are one operation after another
 */
export function openTrainer(
  engine: Pick<TrainingEngine, 'name' | 'gpu' | 'tf'>,
  options: TrainerOptions,
  inputShape: readonly number[],
  onPlain: CheckedParts['onPlain'],
): StepTrainer {
  const { tf } = engine;
  const { asGraph, isChecked } = stepKind(engine, {
    hasTriplets: options.head.triplets !== undefined,
    isShared: options.exchange !== undefined,
    computation: options.computation,
  });
  if (!asGraph) return new Trainer(tf, options, inputShape);
  const graph = new GraphTrainer(tf, options, inputShape);
  if (!isChecked) return graph;
  const openPlain: CheckedParts['openPlain'] = (state, steps) => trainerFrom(tf, { options, inputShape, steps }, state);
  return new CheckedTrainer({ graph, openPlain, onPlain });
}
