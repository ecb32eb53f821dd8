// Everything of rates, optimizers and samplers that the reference does not have, at once, in a run that is killed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import type { TrainRequest } from '../../src/protocol/job';
import { trainRequestSchema } from '../../src/protocol/job';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../src/run/runFolder';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { killWorker, startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';
import { noTensorflow, tensorflowDevice } from '../fixtures/tensorflowDevice';

const people = 3;
const images = 8;
const classifier = { epochs: 12, learningRate: 0.05, warmupEpochs: 2, schedule: 'linear' };
const lastBlock = { learningRate: 0.001, warmupEpochs: 2 / 3, schedule: 'cosine', optimizer: 'ADAMW' };
/** Three people × two images, of 18 that are not kept for validation. */
const stepsPerEpoch = 3;

for (const { engine, epochs: lastEpochs, skip } of [
  { engine: 'wasm', epochs: 10, skip: false as const },
  { engine: tensorflowDevice, epochs: 24, skip: noTensorflow },
]) {
  describe(
    `schedules, decoupled decay, clipping, people × images and two rates on ${engine}`,
    { skip, timeout: within(240_000) },
    () => {
      let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
      let straight: RunFolder;
      before(async () => {
        workspace = await temporaryWorkspace();
        await writeNoiseFaces(join(workspace.path, 'faces'), { people, images, size: 150 });
      });
      after(() => workspace.dispose());

      const request = (): TrainRequest =>
        trainRequestSchema.parse({
          kind: 'train',
          config: {
            dataDir: join(workspace.path, 'faces'),
            pretrainedModel: 'starter',
            phases: [
              { name: 'classifier', trainableFrom: 'Logits', ...classifier },
              { name: 'last block', trainableFrom: 'LastBlock', epochs: lastEpochs, ...lastBlock },
            ],
            ...{ optimizer: 'SGDW', weightDecay: 0.05, clipGradientNorm: 0.5, restoredRateFactor: 0.1 },
            ...{ sampler: 'people', samplerImagesPerPerson: 2, batchSize: 7 },
            ...{ validationSplitRatio: 0.2, validateEveryEpochs: 4 },
            ...{ randomFlip: true, keepProbability: 0.8, centerLossFactor: 1e-2, engine },
          },
        });
      const runs = (): string => runsDirectory(workspace.path);
      const finish = async (run: RunFolder): Promise<RunFolder> => {
        assert.equal(await startWorkerAlone(run).exited, 0, await readFile(run.log, 'utf8'));
        return openRunFolder(run.path);
      };
      const tensorsOf = async (run: RunFolder) => (await openModel(run.record.checkpoint!.prefix)).readAll();

      test('ends bit for bit where an uninterrupted one ends', async () => {
        straight = await finish(await createRunFolder(runs(), request(), 'straight'));
        const killed = await createRunFolder(runs(), request(), 'killed');
        const first = startWorkerAlone(killed);
        await until('the second phase has saved a checkpoint of its own', async () => {
          const events = await killed.readEvents();
          const begun = events.find((event) => event.type === 'phase' && event.name === 'last block');
          return (
            begun?.type === 'phase' && events.some((event) => event.type === 'checkpoint' && event.step > begun.step)
          );
        });
        await killWorker(killed);
        await first.exited;
        const interrupted = await openRunFolder(killed.path);
        const at = interrupted.record.checkpoint!.step;
        assert.ok(at > classifier.epochs * stepsPerEpoch, 'it had begun the second phase');
        assert.ok(at < straight.record.checkpoint!.step, 'it was killed before its end');
        await interrupted.update({ request: { ...request(), resume: killed.path } });
        const resumed = await finish(interrupted);
        const [expected, actual] = [await tensorsOf(straight), await tensorsOf(resumed)];
        assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
        for (const [name, { data }] of expected) assert.deepEqual(actual.get(name)!.data, data, name);
        for (const name of ['Logits/weights/AdamW', 'Logits/weights/AdamW_1', 'beta1_power', 'centers/AdamW'])
          assert.ok(expected.has(name), name);
      });

      test('tells the rate of each step, the norm of its gradients, and a loss without weight decay', async () => {
        const events = await straight.readEvents();
        const steps = events.filter((event) => event.type === 'step');
        const firstOfLast = classifier.epochs * stepsPerEpoch;
        assert.equal(steps.at(-1)!.step, (classifier.epochs + lastEpochs) * stepsPerEpoch);
        for (const { step, learningRate, measures } of steps) {
          const done = step - 1;
          const [{ learningRate: rate, epochs, warmupEpochs }, at] =
            done < firstOfLast ? [classifier, done] : [{ epochs: lastEpochs, ...lastBlock }, done - firstOfLast];
          const warmup = warmupEpochs * stepsPerEpoch;
          const progress = (at - warmup) / (epochs * stepsPerEpoch - warmup);
          const falling = done < firstOfLast ? 1 - progress : 0.5 + 0.5 * Math.cos(Math.PI * progress);
          const expected = rate * (at < warmup ? (at + 1) / (warmup + 1) : falling);
          assert.ok(Math.abs(learningRate - expected) < 1e-12, `step ${step}: ${learningRate} is not ${expected}`);
          assert.ok(measures!.gradientNorm! > 0);
        }
        // Weight decay of the starter's millions of weights would be more than this.
        for (const { regularization } of steps) assert.ok(regularization! < 1, String(regularization));
        assert.ok(steps.at(-1)!.crossEntropy! < steps[0]!.crossEntropy!, 'it has learned');
        const said = events.flatMap((event) => (event.type === 'log' ? [event.message] : [])).join('\n');
        for (const sentence of [
          /Batches have 2 images of each of 3 people/,
          /Phase last block: the rate rises for 2 steps, then falls along a cosine to the end/,
          /What comes from the model moves with 0\.1 of the rate/,
        ])
          assert.match(said, sentence);
      });
    },
  );
}
