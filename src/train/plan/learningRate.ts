import type { TrainConfig } from '../../protocol/trainConfig';
import { scheduledPart } from '../settings/rateSchedule';
import { decayedRate, rateOfEpoch } from '../settings/schedule';
import type { PlannedPhase } from './phases';

/** How many whole steps of a phase its warm-up takes. */
function warmupSteps({ warmupEpochs = 0, stepsPerEpoch }: PlannedPhase): number {
  return Math.floor(warmupEpochs * stepsPerEpoch);
}

/**
 * The rate of a step: that of its epoch (spec §6.3), times what the phase's schedule leaves of it, times the decay that
 * holds for all phases.
 * @param step global, before its update
 */
export function learningRateAt(
  phase: PlannedPhase,
  step: number,
  decay: Pick<TrainConfig, 'learningRateDecayFactor' | 'learningRateDecayEpochs'>,
): number {
  const { learningRate, schedule = 'constant', epochs, stepsPerEpoch, firstStep } = phase;
  const { learningRateDecayFactor: factor, learningRateDecayEpochs } = decay;
  const done = step - firstStep;
  const rate = rateOfEpoch(learningRate, Math.floor(done / stepsPerEpoch) + 1);
  const part = scheduledPart(schedule, done, { steps: epochs * stepsPerEpoch, warmupSteps: warmupSteps(phase) });
  return decayedRate(rate, done, { factor, epochs: learningRateDecayEpochs, stepsPerEpoch }) * part;
}

/** What a phase's rate does from step to step; undefined where it stays what it is in an epoch. */
export function rateInWords(phase: PlannedPhase): string | undefined {
  const { name, schedule = 'constant' } = phase;
  const steps = warmupSteps(phase);
  const parts = [
    ...(steps > 0 ? [`rises for ${steps} steps`] : []),
    ...(schedule === 'cosine' ? ['falls along a cosine to the end'] : []),
    ...(schedule === 'linear' ? ['falls in a line to the end'] : []),
  ];
  return parts.length === 0 ? undefined : `Phase ${name}: the rate ${parts.join(', then ')}.`;
}
