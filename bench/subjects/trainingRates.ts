import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import type { Measurement } from '../measurement';
import { median, openTrainer, type StepName } from './trainer';

/**
 * Training steps of each size, from cached activations where there is a frozen part: the rates that the estimate of time
 * is made of (src/train/plan/timeEstimate.ts).
 * @param wholeBatch images of a step of the whole network; WebAssembly has no room for 90
 * @param ways to compute a step; they take turns
 */
export async function trainingRates(
  tf: TensorFlow,
  engine: string,
  wholeBatch: number,
  ways: readonly StepName[] = ['eager'],
): Promise<Measurement[]> {
  const sizes = [
    ...[10, 100, 1241].map((classes) => ({ trainableFrom: 'Logits', classes, batchSize: 90, rounds: 90 })),
    { trainableFrom: 'Block8', classes: 10, batchSize: 90, rounds: 9 },
    { trainableFrom: 'All', classes: 100, batchSize: wholeBatch, rounds: 2 },
  ];
  const measurements: Measurement[] = [];
  for (const { rounds, ...subject } of sizes) {
    const { trainableFrom, classes, batchSize } = subject;
    const runs = ways.map((way) => ({ way, trainer: openTrainer(tf, subject, way), seconds: [] as number[] }));
    // The first step allocates.
    for (const { trainer } of runs) await trainer.step();
    for (let round = 0; round < rounds; round++)
      for (const { trainer, seconds } of runs) seconds.push(await trainer.step());
    for (const { way, trainer, seconds } of runs) {
      trainer.dispose();
      measurements.push({
        name: `from ${trainableFrom} on, ${classes} people, ${engine}${ways.length > 1 ? `, ${way}` : ''}`,
        value: batchSize / median(seconds),
        unit: 'samples/s',
        note: `batch ${batchSize}, ${(1000 * median(seconds)).toPrecision(3)} ms per step`,
      });
    }
  }
  return measurements;
}
