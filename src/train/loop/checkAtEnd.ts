import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openModel } from '../../checkpoint/model';
import type { Samples } from '../../dataset/samples';
import type { ForwardEngine } from '../../engine/forwardEngine';
import { calibrationOfReport, euclideanThreshold } from '../../evaluate/calibration';
import { readReport } from '../../evaluate/readReport';
import { reportOfStep } from '../../evaluate/runVerdict';
import { selfCheckOf } from '../../evaluate/selfCheck';
import type { Journal } from '../../journal/journal';
import { describe } from '../../network/describe';
import type { Weights } from '../../network/tensor';
import { activities } from '../../protocol/activities';
import { StoppedError, describeError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { RunRecord } from '../../protocol/run';
import type { SelfCheck } from '../../protocol/selfCheck';
import { checkEmbeddings } from '../../recognize/checkEmbeddings';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { RunState } from './runState';

interface CheckParts {
  plan: TrainingPlan;
  state: RunState;
  forward: ForwardEngine;
  best: RunRecord['best'];
  journal: Journal;
  context: JobContext;
}

/**
 * Looks at what a training has come to: the best checkpoint, else the last one, on some of its held-out images, else of
 * those it was trained with. Tells it, and writes it into the record. Everything is saved by then, so that one that cannot
 * be made is a warning and ends nothing.
 * @throws StoppedError once the signal is aborted
 */
export async function checkAtEnd({ journal, context, ...parts }: CheckParts): Promise<void> {
  let selfCheck: SelfCheck;
  try {
    selfCheck = await checkOf(parts, context);
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    journal.say(`The model was not looked at after its training: ${describeError(error)}`, 'warning');
    return;
  }
  journal.tell('selfCheck', { step: parts.state.step, check: selfCheck });
  await context.update({ selfCheck });
}

async function checkOf(
  { plan, state, forward, best }: Omit<CheckParts, 'journal' | 'context'>,
  context: JobContext,
): Promise<SelfCheck> {
  const { network, recipe, set, config } = plan;
  const { runFolder, signal } = context;
  context.beat?.('images');
  const step = best?.step ?? state.step;
  const weights = await weightsOf(plan, state, best);
  const embeddings = await checkEmbeddings({ network, weights, recipe }, imagesToCheck(set), {
    ...{ seed: config.seed, engine: forward, signal },
    onProgress: (done, total) =>
      context.report({ type: 'progress', activity: activities.checking, done, total, unit: 'images' }),
  });
  return { step, ...selfCheckOf(embeddings, await thresholdOf(runFolder, step)) };
}

/** A training pulls apart the images that it sees; those that were held out say more. */
function imagesToCheck({ validation, training }: TrainingPlan['set']): Samples {
  return validation.peopleWithImages >= 2 ? validation : training;
}

/** Of the network alone. */
async function weightsOf({ network }: TrainingPlan, state: RunState, best: RunRecord['best']): Promise<Weights> {
  if (best === undefined || best.step === state.step) return state.weights;
  const model = await openModel(best.checkpoint);
  return model.readAll(describe(network).variables.map(({ name }) => name));
}

/** Euclidean threshold with the best accuracy on the run's own pairs at this step; undefined where none were measured. */
async function thresholdOf(runFolder: string, step: number): Promise<number | undefined> {
  const path = join(runFolder, reportOfStep(step));
  if (!existsSync(path)) return undefined;
  const calibration = calibrationOfReport(await readReport(path));
  return calibration === undefined ? undefined : euclideanThreshold(calibration, 'accuracy');
}
