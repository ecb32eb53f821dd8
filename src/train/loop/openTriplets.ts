import type { ForwardEngine } from '../../engine/forwardEngine';
import type { TrainingEngine } from '../../engine/trainingEngine';
import type { Journal } from '../../journal/journal';
import { activities } from '../../protocol/activities';
import type { JobContext } from '../../protocol/jobContext';
import { openNetworkPart } from '../../recognize/networkPart';
import type { SampleRows } from '../data/batches';
import { TripletBatches } from '../data/tripletBatches';
import type { TripletSettings } from '../heads/head';
import type { PlannedPhase } from '../plan/phases';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { StepExchange } from '../step/exchange';
import type { RunState } from './runState';

export interface TripletParts {
  plan: TrainingPlan;
  state: RunState;
  engine: TrainingEngine;
  /** Computes the forward passes. */
  forward: ForwardEngine;
  journal: Journal;
  context: JobContext;
  /** With the other ranks, where several share the images. */
  exchange?: StepExchange | undefined;
}

/**
 * Batches of triplets for a phase. A round's images are embedded as the network is used later: without dropout and with
 * the moving statistics of its batch norms, which stay as they are; the reference embeds them in training mode.
 * @param rows before the phase's first computed stage
 * @param saved of the checkpoint that the phase goes on from
 */
export function openTriplets(
  settings: TripletSettings,
  phase: PlannedPhase,
  rows: SampleRows,
  saved: ReadonlyMap<string, Float32Array>,
  { plan, state, engine, forward, journal, context, exchange }: TripletParts,
): TripletBatches {
  const { config, set, network, recipe, batchSize } = plan;
  return new TripletBatches(
    {
      ...{ samples: set.training, rows, batchSize, seed: config.seed, settings, tf: engine.tf },
      ranks: exchange?.ranks,
      async embed(trained, source, count) {
        const weights = new Map([...state.weights, ...trained]);
        const { cut } = phase;
        const part = await openNetworkPart(forward, network, weights, {
          ...{ from: cut, to: network.stages.length, imageSize: recipe.imageSize, output: 'embeddings' },
        });
        const embeddings = new Float32Array(count * part.outputLength);
        const onProgress = (done: number, total: number): void =>
          context.report({ type: 'progress', activity: activities.choosing, done, total, unit: 'images' });
        try {
          await part.run(
            source,
            count,
            (results, start) => embeddings.set(results, start * part.outputLength),
            // From cached activations it takes a moment.
            { signal: context.signal, ...(cut === 0 && { onProgress }) },
          );
        } finally {
          await part.dispose();
        }
        return embeddings;
      },
      report: (round) => journal.tell('round', round),
    },
    saved,
  );
}
