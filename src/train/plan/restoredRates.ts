import { restoreOf, type TrainingPlan } from './trainingPlan';

/**
 * Factors of the learning rate by variable: what comes from the model moves slower than what is new. They follow from the
 * restore plan, so a run that goes on from a checkpoint finds the same ones.
 * @throws UserError as `restoreOf`
 */
export async function restoredRates(plan: TrainingPlan): Promise<ReadonlyMap<string, number>> {
  const { restoredRateFactor: factor } = plan.config;
  if (factor === 1) return new Map();
  const entries = (await restoreOf(plan))?.plan.entries ?? [];
  return new Map(entries.filter(({ status }) => status === 'restored').map(({ name }) => [name, factor]));
}
