// npm run bench -- steps-heads: what a loss head costs, from cached activations on the embedded engine, in both phases of a
// fine-tuning. The heads take turns, so that whatever else the machine does slows all of them.
import { openWasm } from '../src/engine/wasm/openWasm';
import type { TensorFlow } from '../src/network/tensorflow/tensorflow';
import { classifyingHeads, headValues } from '../src/protocol/settings/headDefaults';
import type { Measurement } from './measurement';
import { median, openTrainer, type Subject } from './subjects/trainer';

const batchSize = 90;
const { subcenters } = headValues('subcenter', {});

export async function run(): Promise<Measurement[]> {
  const tf = await openWasm();
  const measurements: Measurement[] = [];
  for (const classes of [10, 100, 1000])
    measurements.push(...(await measure(tf, { trainableFrom: 'Logits', classes, batchSize }, 150)));
  measurements.push(...(await measure(tf, { trainableFrom: 'Block8', classes: 100, batchSize }, 9)));
  return measurements;
}

/** Steps of every head, and of a softmax with as many weights as the sub-centres have. */
async function measure(tf: TensorFlow, subject: Subject, rounds: number): Promise<Measurement[]> {
  const { classes, trainableFrom } = subject;
  const asMany = {
    head: 'softmax',
    name: `softmax of ${subcenters} × ${classes}`,
    classes: classes * subcenters,
  } as const;
  const runs = [...classifyingHeads.map((head) => ({ head, name: head, classes })), asMany].map((run) => ({
    name: run.name,
    trainer: openTrainer(tf, { ...subject, head: run.head, classes: run.classes }),
    seconds: [] as number[],
  }));
  // The first step allocates.
  for (const { trainer } of runs) await trainer.step();
  for (let round = 0; round < rounds; round++)
    for (const { trainer, seconds } of runs) seconds.push(await trainer.step());
  const softmax = median(runs[0]!.seconds);
  return runs.map(({ name, trainer, seconds }) => {
    trainer.dispose();
    const step = median(seconds);
    return {
      name: `${name}, ${classes} people, from ${trainableFrom}`,
      value: batchSize / step,
      unit: 'samples/s',
      note: `${(1000 * step).toPrecision(3)} ms per step, ${(softmax / step).toFixed(2)} of softmax's rate`,
    };
  });
}
