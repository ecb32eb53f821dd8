// npm run bench -- steps-heads: what a loss head costs, from cached activations on the embedded engine. The heads take
// turns, so that whatever else the machine does slows all of them.
import { openWasm } from '../src/engine/wasm/openWasm';
import { classifyingHeads } from '../src/protocol/settings/headDefaults';
import type { Measurement } from './measurement';
import { median, openTrainer } from './subjects/trainer';

const rounds = 150;
const batchSize = 90;

export async function run(): Promise<Measurement[]> {
  const tf = await openWasm();
  const measurements: Measurement[] = [];
  for (const classes of [10, 100, 1000]) {
    const heads = classifyingHeads.map((head) => ({
      head,
      trainer: openTrainer(tf, { head, trainableFrom: 'Logits', classes, batchSize }),
      seconds: [] as number[],
    }));
    // The first step allocates.
    for (const { trainer } of heads) await trainer.step();
    for (let round = 0; round < rounds; round++)
      for (const { trainer, seconds } of heads) seconds.push(await trainer.step());
    const softmax = median(heads[0]!.seconds);
    for (const { head, trainer, seconds } of heads) {
      trainer.dispose();
      const step = median(seconds);
      measurements.push({
        name: `${head}, ${classes} people`,
        value: batchSize / step,
        unit: 'samples/s',
        note: `${(1000 * step).toPrecision(3)} ms per step, ${(softmax / step).toFixed(2)} of softmax's rate`,
      });
    }
  }
  return measurements;
}
