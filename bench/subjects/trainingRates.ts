import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import type { Measurement } from '../measurement';
import { median, openTrainer } from './trainer';

/**
 * Training steps of each size, from cached activations where there is a frozen part: the rates that the estimate of time
 * is made of (src/train/plan/timeEstimate.ts).
 * @param wholeBatch images of a step of the whole network; WebAssembly has no room for 90
 */
export async function trainingRates(tf: TensorFlow, engine: string, wholeBatch: number): Promise<Measurement[]> {
  const sizes = [
    ...[10, 100, 1241].map((classes) => ({ trainableFrom: 'Logits', classes, batchSize: 90, rounds: 90 })),
    { trainableFrom: 'Block8', classes: 10, batchSize: 90, rounds: 9 },
    { trainableFrom: 'All', classes: 100, batchSize: wholeBatch, rounds: 2 },
  ];
  const measurements: Measurement[] = [];
  for (const { rounds, ...subject } of sizes) {
    const { trainableFrom, classes, batchSize } = subject;
    const trainer = openTrainer(tf, subject);
    // The first step allocates.
    await trainer.step();
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) seconds.push(await trainer.step());
    trainer.dispose();
    measurements.push({
      name: `from ${trainableFrom} on, ${classes} people, ${engine}`,
      value: batchSize / median(seconds),
      unit: 'samples/s',
      note: `batch ${batchSize}, ${(1000 * median(seconds)).toPrecision(3)} ms per step`,
    });
  }
  return measurements;
}
