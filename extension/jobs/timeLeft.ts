import type { StepEvent } from '../../src/protocol/events';
import type { RunRecord } from '../../src/protocol/run';

/**
 * Seconds until the last epoch of a training ends, from its present speed; evaluations on the way are not counted.
 * Undefined in the first epoch, whose length is not known yet where it is one pass over the images.
 */
export function trainingSecondsLeft(record: RunRecord, latest: StepEvent): number | undefined {
  const { config } = record;
  if (config === undefined || latest.imagesPerSecond <= 0) return undefined;
  const epochs = config.phases.reduce((sum, phase) => sum + phase.epochs, 0);
  if (config.epochSize === 0 && latest.epoch < 2) return undefined;
  // Halfway through the present epoch on the average.
  const stepsPerEpoch = config.epochSize > 0 ? config.epochSize : latest.step / (latest.epoch - 0.5);
  const stepsLeft = Math.max(0, epochs * stepsPerEpoch - latest.step);
  return (stepsLeft * config.batchSize) / latest.imagesPerSecond;
}
