import type { Ranks } from '../../mpi/ranks';
import { embedPairs } from '../../recognize/pairEmbeddings';
import type { TrainingPlan } from '../plan/trainingPlan';
import { answerOfFirst } from './together';
import { withEmbedder, type NetworkOfRun } from './withEmbedder';

/** The part that a rank has in the evaluations of rank 0: embeddings of its share of their images. */
export class FollowedEvaluations {
  /** It is rank 0 that compares. */
  readonly baseline = undefined;

  constructor(
    private readonly parts: NetworkOfRun & { plan: Pick<TrainingPlan, 'set' | 'pairs' | 'config'>; ranks: Ranks },
  ) {}

  /** Whether rank 0 is about to measure on pairs. */
  async wantsLfw(): Promise<boolean> {
    return answerOfFirst(this.parts.ranks, false);
  }

  /** @returns nothing that is known here */
  async lfw(): Promise<number> {
    const { pairs, config } = this.parts.plan;
    const { useFlippedImages } = config.lfw!;
    await withEmbedder(this.parts, 'embeddings', async (embedder) =>
      embedPairs(embedder, pairs!.pairs, { useFlippedImages }),
    );
    return NaN;
  }

  /** @returns nothing that is known here */
  async validate(): Promise<number> {
    const { paths } = this.parts.plan.set.validation;
    await withEmbedder(this.parts, 'prelogits', async (embedder) => embedder.embedInParts(paths, () => undefined));
    return NaN;
  }
}
