// npm run bench -- steps-heads: what a loss head costs, from cached activations in both phases of a fine-tuning, on the
// embedded engine, or with FACENET_ENGINE as graphs of TensorFlow. The heads take turns, so that whatever else the machine
// does slows all of them.
import { openTrainingEngine } from '../src/engine/trainingEngine';
import { openWasm } from '../src/engine/wasm/openWasm';
import type { TensorFlow } from '../src/network/tensorflow/tensorflow';
import { classifyingHeads, headValues } from '../src/protocol/settings/headDefaults';
import type { Measurement } from './measurement';
import { median, openTrainer, type StepName, type Subject } from './subjects/trainer';

const batchSize = 90;
const warmUp = 5;
const { subcenters } = headValues('subcenter', {});

export async function run(): Promise<Measurement[]> {
  const isNative = process.env['FACENET_ENGINE'] !== undefined;
  const tf = isNative ? (await openTrainingEngine('cpu')).tf : await openWasm();
  const engine = { tf, steps: isNative ? 'graph' : 'eager' } as const;
  const measurements: Measurement[] = [];
  // A step of few people takes a millisecond, of which other work on the machine takes its share unevenly.
  for (const [classes, rounds] of [[10, 1500] as const, [100, 600] as const, [1000, 150] as const])
    measurements.push(...(await measure(engine, { trainableFrom: 'Logits', classes, batchSize }, rounds)));
  measurements.push(...(await measure(engine, { trainableFrom: 'Block8', classes: 100, batchSize }, 9)));
  return measurements;
}

/**
 * Steps of every head, and of a softmax with as many weights as the sub-centres have. Whichever trainer is opened first has
 * steps that are shorter by up to a tenth, whatever it trains, so that softmax is opened first and last and its rate is
 * their mean.
 */
async function measure(
  { tf, steps }: { tf: TensorFlow; steps: StepName },
  subject: Subject,
  rounds: number,
): Promise<Measurement[]> {
  const { classes, trainableFrom } = subject;
  const asMany = {
    head: 'softmax',
    name: `softmax of ${subcenters} × ${classes}`,
    classes: classes * subcenters,
  } as const;
  const last = { head: 'softmax', name: 'softmax again', classes } as const;
  const runs = [...classifyingHeads.map((head) => ({ head, name: head, classes })), asMany, last].map((run) => ({
    name: run.name,
    trainer: openTrainer(tf, { ...subject, head: run.head, classes: run.classes }, steps),
    seconds: [] as number[],
  }));
  // The first step allocates, the next ones are compiled.
  for (const { trainer } of runs) for (let step = 0; step < warmUp; step++) await trainer.step();
  for (let round = 0; round < rounds; round++)
    for (const { trainer, seconds } of runs) seconds.push(await trainer.step());
  const softmax = (median(runs[0]!.seconds) + median(runs.at(-1)!.seconds)) / 2;
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
