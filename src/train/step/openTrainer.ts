import type { TrainingEngine } from '../../engine/trainingEngine';
import { UserError } from '../../protocol/errors';
import { GraphTrainer } from './graphTrainer';
import type { StepTrainer, TrainerOptions } from './stepTrainer';
import { Trainer } from './trainer';

/** How steps are computed, and why not as one call where they are not. */
export interface StepKind {
  asGraph: boolean;
  /** For the log and the run's record. */
  description: string;
}

/**
 * Whether the steps of a training are one call of a graph each or one operation after another. Only TensorFlow has graphs;
 * they are made for batches of one size, which rounds of triplets do not have. On a GPU no graph of a step has been run so
 * far: there it is asked for.
 * @param isShared whether several processes add up their gradients, which is between two calls
 * @param asked FACENET_STEP of the environment, `graph` or `eager`
 * @throws UserError when that is something else
 */
export function stepKind(
  engine: Pick<TrainingEngine, 'name' | 'gpu'>,
  { hasTriplets, isShared }: { hasTriplets: boolean; isShared: boolean },
  asked = process.env['FACENET_STEP'],
): StepKind {
  if (asked !== undefined && asked !== 'eager' && asked !== 'graph')
    throw new UserError(`FACENET_STEP is "${asked}", which is no way to compute a step.`, 'Use graph or eager.');
  const single = (reason: string): StepKind => ({
    asGraph: false,
    description: `one operation after another (${reason})`,
  });
  if (engine.name === 'wasm') return single('WebAssembly has no graphs');
  if (asked === 'eager') return single('FACENET_STEP=eager');
  if (hasTriplets) return single('rounds of triplets end in batches of any size');
  if (engine.gpu && asked === undefined) return single('on a GPU, FACENET_STEP=graph takes one call for each');
  if (!isShared) return { asGraph: true, description: 'one call of a TensorFlow graph' };
  return { asGraph: true, description: 'two calls of a TensorFlow graph, the sums over the ranks between them' };
}

/** A trainer on an engine. @param inputShape of one row before stage `cut`, without the batch */
export function openTrainer(
  engine: Pick<TrainingEngine, 'name' | 'gpu' | 'tf'>,
  options: TrainerOptions,
  inputShape: readonly number[],
): StepTrainer {
  const { asGraph } = stepKind(engine, {
    hasTriplets: options.head.triplets !== undefined,
    isShared: options.exchange !== undefined,
  });
  return asGraph ? new GraphTrainer(engine.tf, options, inputShape) : new Trainer(engine.tf, options, inputShape);
}
