import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import { networkByName } from '../../src/network/registry';
import { describe as describeNetwork } from '../../src/network/describe';
import type { TrainRequest } from '../../src/protocol/job';
import { trainRequestSchema } from '../../src/protocol/job';
import { readHdf5 } from '../../src/files/hdf5';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../src/run/runFolder';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { killWorker, startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const people = 3;
const images = 8;
const epochs = { classifier: 16, lastBlock: 8 };
const stepsPerEpoch = 3;
const stepsOfClassifier = epochs.classifier * stepsPerEpoch;
const steps = stepsOfClassifier + epochs.lastBlock * stepsPerEpoch;

describe('a training that is killed and resumed', { timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people, images, size: 150 });
    const name = (person: number): string => `person_${person}`;
    const pairs: string[] = [];
    for (let fold = 0; fold < 2; fold++) {
      for (let i = 0; i < 3; i++) pairs.push(`${name(i)} ${1 + fold} ${4 + fold}`);
      for (let i = 0; i < 3; i++) pairs.push(`${name(i)} ${1 + fold} ${name((i + 1) % people)} ${3 + fold}`);
    }
    await writeFile(join(workspace.path, 'pairs.txt'), `2\t3\n${pairs.join('\n')}\n`);
  });
  after(() => workspace.dispose());

  const request = (changes: Partial<TrainRequest['config']> = {}): TrainRequest =>
    trainRequestSchema.parse({
      kind: 'train',
      config: {
        dataDir: join(workspace.path, 'faces'),
        pretrainedModel: 'starter',
        phases: [
          { name: 'classifier', trainableFrom: 'Logits', epochs: epochs.classifier, learningRate: 1 },
          { name: 'last block', trainableFrom: 'LastBlock', epochs: epochs.lastBlock, learningRate: 0.001 },
        ],
        batchSize: 8,
        randomFlip: true,
        keepProbability: 0.8,
        weightDecay: 1e-4,
        prelogitsNormLossFactor: 1e-4,
        centerLossFactor: 1e-2,
        validationSplitRatio: 0.2,
        validateEveryEpochs: 4,
        movingAverageDecay: 0.99,
        logHistograms: true,
        engine: 'wasm',
        lfw: { dir: join(workspace.path, 'faces'), pairs: join(workspace.path, 'pairs.txt'), folds: 2 },
        ...changes,
      },
    });
  const runs = (): string => runsDirectory(workspace.path);
  const finish = async (run: RunFolder): Promise<RunFolder> => {
    const { exited } = startWorkerAlone(run);
    const code = await exited;
    assert.equal(code, 0, await readFile(run.log, 'utf8'));
    return openRunFolder(run.path);
  };
  const tensorsOf = async (run: RunFolder) => (await openModel(run.record.checkpoint!.prefix)).readAll();

  /** The same training killed in its second phase and resumed: it has to end with the values of `straight`. */
  const interrupted = async (training: TrainRequest, straight: RunFolder, title: string) => {
    const killed = await createRunFolder(runs(), training, title);
    const first = startWorkerAlone(killed);
    await until('the second phase has saved a checkpoint of its own', async () => {
      const events = await killed.readEvents();
      const begun = events.find((event) => event.type === 'phase' && event.name === 'last block');
      return begun?.type === 'phase' && events.some((event) => event.type === 'checkpoint' && event.step > begun.step);
    });
    await killWorker(killed);
    await first.exited;
    const stopped = await openRunFolder(killed.path);
    const at = stopped.record.checkpoint!.step;
    assert.ok(at < straight.record.checkpoint!.step, 'it was killed before its end');

    await stopped.update({ request: { ...training, resume: killed.path } });
    const resumed = await finish(stopped);
    assert.equal(resumed.record.state, 'done');
    assert.equal(resumed.record.checkpoint!.step, straight.record.checkpoint!.step);
    const [expected, actual] = [await tensorsOf(straight), await tensorsOf(resumed)];
    assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
    for (const [name, { data }] of expected) assert.deepEqual(actual.get(name)!.data, data, name);
    return { resumed, expected, actual };
  };

  /** What depends neither on the clock nor on the moment of the kill: an evaluation that it cut off is not made again. */
  const statisticsOf = async (run: RunFolder) =>
    readHdf5(join(run.path, 'stat.h5'), [
      'loss',
      'center_loss',
      'reg_loss',
      'xent_loss',
      'prelogits_norm',
      'accuracy',
      'prelogits_hist',
      'learning_rate',
      'lfw_accuracy',
    ]);

  test('ends bit for bit where an uninterrupted one ends, and leaves what is frozen untouched', async () => {
    const straight = await finish(await createRunFolder(runs(), request(), 'straight'));
    assert.equal(straight.record.state, 'done');

    const { resumed, expected, actual } = await interrupted(request(), straight, 'killed');
    const averaged = [...expected.keys()].filter((name) => name.endsWith('/ExponentialMovingAverage'));
    assert.ok(averaged.includes('Logits/weights/ExponentialMovingAverage') && averaged.length > 2);
    const [statistics, again] = [await statisticsOf(straight), await statisticsOf(resumed)];
    for (const [name, dataset] of statistics) assert.deepEqual(again.get(name), dataset, name);
    const loss = statistics.get('loss')!;
    assert.deepEqual(loss.shape, [steps]);
    assert.ok(Array.from(loss.values as Float32Array).every((value) => value > 0));
    assert.ok(expected.has('Logits/weights/Adam') && expected.has('beta1_power') && expected.has('centers'));

    // What both phases froze is the pretrained model's, to the last bit.
    const starter = await (await openModel('starter')).readAll();
    const { stages } = describeNetwork(networkByName('dlib_resnet'));
    const cut = stages.findIndex(({ name }) => name === 'Block256_Down_Out');
    for (const { name } of stages.slice(0, cut).flatMap((stage) => stage.variables)) {
      assert.deepEqual(actual.get(name)!.data, starter.get(name)!.data, name);
    }
    const trained = stages.slice(cut).flatMap((stage) => stage.variables);
    assert.ok(
      trained.some(({ name }) => actual.get(name)!.data.some((value, i) => value !== starter.get(name)!.data[i])),
    );
  });

  test('tells its losses, its LFW results and where its files are', async () => {
    const [name] = (await readdir(runs())).filter((folder) => folder.endsWith('straight'));
    const run = await openRunFolder(join(runs(), name!));
    const events = await run.readEvents();
    const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss!] : []));
    assert.ok(losses.at(-1)! < losses[0]!, 'it has learned');
    assert.deepEqual(
      events.filter((event) => event.type === 'lfw').map((event) => [event.step, event.phase]),
      [
        [0, undefined],
        [stepsOfClassifier, 'classifier'],
        [steps, 'last block'],
      ],
    );
    const { record } = run;
    assert.deepEqual(record.labels, ['person_0', 'person_1', 'person_2']);
    assert.equal(record.recipe!.alignment, 'landmarks');
    assert.equal(record.network, 'dlib_resnet');
    const best = await openModel(join(run.checkpoints, 'best'));
    assert.equal(best.step, record.best!.step);
    assert.deepEqual(best.recipe, record.recipe, 'the best checkpoint brings its recipe');
    const measured = events.find((event) => event.type === 'lfw' && event.step === best.step);
    assert.equal(record.best!.validationRate, measured?.type === 'lfw' && measured.validationRate);
    const kept = (await readdir(run.checkpoints)).filter((file) => file.endsWith('.index'));
    // One more is held for a divergence as long as nothing has beaten the beginning; it goes with the next save.
    assert.ok(kept.length === 3 || kept.length === 4, kept.join());
    const text = await readFile(join(run.path, 'arguments.txt'), 'utf8');
    assert.match(text, /^pretrained_model: starter$/m);
    const results = await readFile(join(run.path, 'lfw_result.txt'), 'utf8');
    assert.match(results, /^0\t[01]\.\d{5}\t[01]\.\d{5}\n/);
    assert.ok(results.includes(`\n${stepsOfClassifier}\t`), results);
    assert.ok((await readdir(run.path)).some((file) => file.startsWith('events.out.tfevents.')));
  });

  test('goes on from the checkpoint before when the last one is damaged', async () => {
    const [name] = (await readdir(runs())).filter((folder) => folder.endsWith('straight'));
    const run = await openRunFolder(join(runs(), name!));
    const { prefix, step } = run.record.checkpoint!;
    await writeFile(`${prefix}.index`, (await readFile(`${prefix}.index`)).subarray(0, 100));
    await run.update({ request: { ...request(), resume: run.path } });
    const resumed = await finish(run);
    assert.equal(resumed.record.checkpoint!.step, step);
    assert.ok(
      (await resumed.readEvents()).some((event) => event.type === 'log' && event.message.includes('cannot be used')),
    );
    await (await openModel(prefix)).readAll();
  });

  test('ends bit for bit with a head that keeps statistics of its images, and records what the head works with', async () => {
    const training = request({ head: 'adaface', interclassFilter: 0.9, labelSmoothing: 0.1, margin: 0.3 });
    const straight = await finish(await createRunFolder(runs(), training, 'margin straight'));
    const { expected } = await interrupted(training, straight, 'margin killed');
    assert.deepEqual(expected.get('Margin/weights')!.shape, [128, people]);
    assert.ok(expected.has('centers') && !expected.has('Margin/norm_mean/Adam') && !expected.has('Logits/weights'));
    // The starter's prelogits are about as long as 1.4.
    assert.ok(expected.get('Margin/norm_mean')!.data[0]! < 15 && expected.get('Margin/norm_std')!.data[0]! < 50);
    const { marginScale, margin, adafaceH, adafaceDecay } = straight.record.config!;
    assert.deepEqual([marginScale, margin, adafaceH, adafaceDecay], [64, 0.3, 0.333, 0.99]);
    assert.match(await readFile(join(straight.path, 'arguments.txt'), 'utf8'), /^adaface_h: 0.333$/m);
    const again = await openModel(straight.record.checkpoint!.prefix);
    assert.equal(again.classes, people);
  });

  test('refuses to go on with other people', async () => {
    const [name] = (await readdir(runs())).filter((folder) => folder.endsWith('straight'));
    const run = await openRunFolder(join(runs(), name!));
    await writeNoiseFaces(join(workspace.path, 'more'), { people: people + 1, images, size: 150 });
    const { config } = request();
    const other = { ...config, dataDir: join(workspace.path, 'more') };
    await run.update({ request: { kind: 'train', config: other, resume: run.path } });
    assert.equal(await startWorkerAlone(run).exited, 1);
    assert.match((await openRunFolder(run.path)).record.error!.message, /other people/);
  });
});
