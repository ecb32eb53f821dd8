import type { ForwardEngine } from '../../engine/forwardEngine';
import type { Ranks } from '../../mpi/ranks';
import { createEmbedder, type Embedder } from '../../recognize/embedder';
import type { FrozenActivations } from '../data/frozenActivations';
import type { TrainingPlan } from '../plan/trainingPlan';
import { embedTogether } from './embedTogether';
import type { RunState } from './runState';

export interface NetworkOfRun {
  plan: Pick<TrainingPlan, 'network' | 'recipe'>;
  state: Pick<RunState, 'weights'>;
  /** Computes the forward passes. */
  forward: ForwardEngine;
  activations: Pick<FrozenActivations, 'embedderInput'>;
  /** Which compute the embeddings together; all of them do the same `work`. */
  ranks?: Ranks | undefined;
}

/** Does `work` with the network as the state of a run has it. */
export async function withEmbedder<T>(
  { plan, state, forward, activations, ranks }: NetworkOfRun,
  output: 'embeddings' | 'prelogits',
  work: (embedder: Embedder) => Promise<T>,
): Promise<T> {
  const { network, recipe } = plan;
  const { weights } = state;
  const input = activations.embedderInput(weights);
  const embedder = await createEmbedder({ network, weights, recipe }, { engine: forward, input, output });
  try {
    return await work(ranks === undefined ? embedder : embedTogether(embedder, ranks));
  } finally {
    await embedder.dispose();
  }
}
