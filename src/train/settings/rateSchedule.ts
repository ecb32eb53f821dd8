import type { RateSchedule } from '../../protocol/trainConfig';

/**
 * Part of a phase's rate that holds at a step, in (0, 1]. A warm-up rises in equal steps to 1, which the first step after
 * it has (Goyal et al. 2017, §2.2). From there on the rate falls to the end of the phase: along half a cosine (Loshchilov
 * and Hutter 2017, eq. 5, without restarts), in a line, or not at all.
 * @param step of the phase, from 0 on
 * @param steps of the phase; more than `warmupSteps`
 */
export function scheduledPart(
  schedule: RateSchedule,
  step: number,
  { steps, warmupSteps }: { steps: number; warmupSteps: number },
): number {
  if (step < warmupSteps) return (step + 1) / (warmupSteps + 1);
  const progress = (step - warmupSteps) / (steps - warmupSteps);
  switch (schedule) {
    case 'constant':
      return 1;
    case 'cosine':
      return (1 + Math.cos(Math.PI * progress)) / 2;
    case 'linear':
      return 1 - progress;
  }
}
