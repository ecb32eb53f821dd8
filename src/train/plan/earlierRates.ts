// What earlier trainings on this machine took, from their run folders, for the estimate of the next one.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describe } from '../../network/describe';
import { networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import type { RunEvent } from '../../protocol/events';
import type { RunRecord } from '../../protocol/run';
import { parseEvents } from '../../run/metricsLog';
import { openHead } from '../heads/openHead';
import { planPhases, sizeOfEpoch } from './phases';
import { type MeasuredRates, type PhaseRate, type Rate, trainedMultiplyAdds } from './timeEstimate';
import { deviceOfRun, type TrainingDevice } from './trainingDevice';

/** Of the phases, as the run that ended wrote them. */
const secondsSchema = z.record(z.string(), z.unknown());

/** The passes over images come first in a log; a long training makes the rest of it large. */
const headBytes = 256 << 10;
/** Older runs say little about the machine of today. */
const mostRuns = 8;
/** Shorter passes over images are mostly start-up. */
const shortestPass = 0.5;
/** A phase's first step allocates and compiles for half a second or so: a quarter of this, and less of what is longer. */
const shortestPhase = 2;

/**
 * Rates of the trainings that ran to their end on this machine, at most the last few.
 * @param runs newest first
 * @returns undefined where there is none
 */
export async function earlierRates(
  runs: readonly { folder: string; record: RunRecord }[],
  host: string,
): Promise<MeasuredRates | undefined> {
  const training: Partial<Record<TrainingDevice, PhaseRate[]>> = {};
  const forward: Rate[] = [];
  let count = 0;
  for (const { folder, record } of runs) {
    if (count === mostRuns) break;
    const measured = understood(() => measuredTraining(record, host));
    if (measured === undefined) continue;
    const pass = forwardRate(await headOf(join(folder, 'metrics.jsonl')), measured.prefix);
    if (pass !== undefined) forward.push(pass);
    if (measured.rates.length > 0) (training[measured.device] ??= []).push(...measured.rates);
    if (pass !== undefined || measured.rates.length > 0) count++;
  }
  return count === 0 ? undefined : { training, forward, runs: count };
}

/** A run of another version, or one whose record is no training of ours, says nothing of this machine. */
function understood<T>(measure: () => T): T | undefined {
  try {
    return measure();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Samples per second of each phase; a resumed run has recorded only its end, so it says nothing. */
function measuredTraining(
  record: RunRecord,
  host: string,
): { device: TrainingDevice; rates: PhaseRate[]; prefix: number } | undefined {
  const { config, request, worker, state, engines, labels, network: name, embeddingSize, recipe, dataset } = record;
  // Those of a phase hold validations and checkpoints too, which are more than the steps of a small part.
  const seconds = secondsSchema.safeParse(record.result?.stepSeconds).data ?? {};
  if (request.kind !== 'train' || request.resume !== undefined || state !== 'done' || worker?.hostname !== host) return;
  // What choosing triplets took is in their seconds too.
  if (config?.head === 'triplet') return;
  if (config === undefined || labels === undefined || name === undefined || recipe === undefined) return;
  if (dataset === undefined || engines?.training === undefined || record.result?.phaseSeconds === undefined) return;
  const network = networkByName(name, { embeddingSize });
  const images = Math.max(1, Math.round(dataset.images * (1 - config.validationSplitRatio)));
  const { batchSize, stepsPerEpoch } = sizeOfEpoch(config, images, labels.length);
  const head = openHead(config, { classes: labels.length, embeddingSize: network.embeddingSize });
  const plan = planPhases(network, config.phases, stepsPerEpoch);
  const rates = plan.flatMap((phase): PhaseRate[] => {
    const taken = seconds[phase.name];
    if (typeof taken !== 'number' || taken < shortestPhase) return [];
    const multiplyAdds = trainedMultiplyAdds(network, phase.cut, head.stages, recipe.imageSize);
    return [{ multiplyAdds, batchSize, perSecond: (phase.epochs * stepsPerEpoch * batchSize) / taken }];
  });
  const base = Math.min(...plan.map(({ cut }) => cut));
  const { stages } = describe(network, { imageSize: recipe.imageSize });
  const prefix = stages.slice(0, base).reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  return { device: deviceOfRun(engines.training), rates, prefix };
}

/** The longest pass over image files that a log begins with: how fast the frozen part of the network is. */
export function forwardRate(events: readonly RunEvent[], multiplyAdds: number): Rate | undefined {
  let best: { images: number; seconds: number } | undefined;
  let first: Extract<RunEvent, { type: 'progress' }> | undefined;
  for (const event of events) {
    if (event.type !== 'progress' || event.unit !== 'images' || event.activity.startsWith('Training')) continue;
    if (event.activity !== first?.activity || event.done < first.done) first = event;
    const pass = { images: event.done - first.done, seconds: (event.time - first.time) / 1000 };
    if (pass.seconds >= shortestPass && pass.images > (best?.images ?? 0)) best = pass;
  }
  return best === undefined || multiplyAdds === 0 ? undefined : { multiplyAdds, perSecond: best.images / best.seconds };
}

async function headOf(path: string): Promise<RunEvent[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return parseEvents(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}
