import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { JobContext } from '../../protocol/jobContext';
import { recentRuns } from '../../run/runList';
import { earlierRates } from '../plan/earlierRates';
import { timeOf } from '../plan/estimate';
import { endStep } from '../plan/phases';
import { TimeLeft } from '../plan/timeLeft';
import type { TrainingDevice } from '../plan/trainingDevice';
import type { TrainingPlan } from '../plan/trainingPlan';

/** Earlier runs of the same folder that may say how fast this machine is. */
const mostRuns = 24;

/**
 * The context of a training from `step` on, whose progress also tells how long the whole run will still take: by what was
 * expected of its parts, from earlier runs beside it where there are some, and by what they take.
 */
export async function tellTimeLeft(
  context: JobContext,
  plan: TrainingPlan,
  device: TrainingDevice,
  step: number,
): Promise<JobContext> {
  const earlier = await recentRuns(dirname(context.runFolder), mostRuns);
  const { parts } = timeOf(plan, device, await earlierRates(earlier, hostname()));
  const ended = plan.phases.filter((phase) => endStep(phase) <= step).length;
  const current = plan.phases[ended];
  const steps = current === undefined ? 1 : current.epochs * current.stepsPerEpoch;
  const done = Math.max(0, (step - (current?.firstStep ?? step)) / steps);
  const left = new TimeLeft(parts, { phase: ended, done });
  return {
    ...context,
    report(event) {
      left.take({ ...event, time: Date.now() });
      context.report(event.type === 'progress' ? { ...event, runSecondsLeft: left.seconds } : event);
    },
  };
}
