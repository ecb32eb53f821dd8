import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { logitsStage } from '../../../../src/network/classifiers';
import { networkByName } from '../../../../src/network/registry';
import type { RunEvent } from '../../../../src/protocol/events';
import { type RunRecord, runRecordSchema } from '../../../../src/protocol/run';
import { type TrainConfig, trainConfigSchema } from '../../../../src/protocol/trainConfig';
import { earlierRates, forwardRate } from '../../../../src/train/plan/earlierRates';
import {
  documentedStep,
  estimateTime,
  type MeasuredRates,
  secondsAt,
  trainedMultiplyAdds,
  type WorkToEstimate,
} from '../../../../src/train/plan/timeEstimate';
import { planPhases, sizeOfEpoch } from '../../../../src/train/plan/phases';
import { deviceOfRun } from '../../../../src/train/plan/trainingDevice';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
const phase = (name: string, trainableFrom: string, epochs: number) => ({
  name,
  trainableFrom,
  epochs,
  learningRate: 0.01,
});
const configOf = (fields: object): TrainConfig =>
  trainConfigSchema.parse({ dataDir: '/f', phases: [phase('classifier', 'Logits', 50)], ...fields });
const workOf = (fields: Partial<WorkToEstimate>, settings: object = {}): WorkToEstimate => {
  const { phases, lfw, validateEveryEpochs, ...config } = configOf(settings);
  const trainingImages = fields.trainingImages ?? 900;
  const { batchSize, stepsPerEpoch } = sizeOfEpoch(config, trainingImages, 10);
  return {
    ...{
      network,
      phases: planPhases(network, phases, stepsPerEpoch),
      batchSize,
      imageSize: 160,
      head: [logitsStage(10)],
    },
    ...{
      trainingImages,
      roundImages: 0,
      validationImages: 0,
      variants: 1,
      lfw,
      lfwImages: 0,
      validateEveryEpochs,
      ...fields,
    },
  };
};

describe('the time that a training takes', () => {
  test('multiply-adds of Inception-ResNet-v1 at 160 pixels, as others count them', () => {
    assert.ok(Math.abs(trainedMultiplyAdds(network, 0, [logitsStage(10)], 160) / 1.42e9 - 1) < 0.01);
    assert.equal(trainedMultiplyAdds(network, network.stages.length, [logitsStage(10)], 160), 5120);
  });

  test('is made of the measured rates: activations once, then steps', () => {
    const { seconds, activations, phases, evaluation, basis } = estimateTime(workOf({}), 'wasm');
    assert.ok(Math.abs(activations - 900 * (1 / 75 + 0.001)) < 0.5, String(activations));
    assert.ok(Math.abs(phases[0]!.seconds - (50 * 900) / 83_000) < 1e-9);
    assert.equal(evaluation, 0);
    assert.ok(Math.abs(seconds - activations - phases[0]!.seconds) < 1e-9);
    assert.deepEqual(basis, { kind: 'documented' });
  });

  test('from the last block on at the rate of the last block, whole at the rate of the whole', () => {
    const phases = [phase('block', 'Block8', 1), phase('all', 'All', 1)];
    const wasm = estimateTime(workOf({}, { phases }), 'wasm').phases.map((part) => part.seconds);
    assert.ok(Math.abs(wasm[0]! / (900 / 280) - 1) < 0.02 && Math.abs(wasm[1]! / (900 / 2.2) - 1) < 0.02, wasm.join());
    const cpu = estimateTime(workOf({}, { phases }), 'cpu').phases.map((part) => part.seconds);
    assert.ok(cpu[0]! < wasm[0]! && cpu[1]! < wasm[1]!);
    assert.deepEqual(estimateTime(workOf({}), 'gpu').basis, { kind: 'atMost' });
  });

  test('validations count', () => {
    const lfw = { dir: '/l', pairs: '/p', useFlippedImages: true };
    const plain = estimateTime(
      workOf({ lfwImages: 1000 }, { lfw: { ...lfw, useFlippedImages: false } }),
      'wasm',
    ).evaluation;
    const flipped = estimateTime(workOf({ lfwImages: 1000 }, { lfw }), 'wasm').evaluation;
    assert.ok(plain > 10 && Math.abs(flipped / plain - 2) < 0.05);
    assert.ok(estimateTime(workOf({ validationImages: 100 }), 'wasm').evaluation > 0);
  });

  test('grows with every part of the work', () => {
    const phases = [phase('a', 'Logits', 5), phase('b', 'Block8', 2)];
    const seconds = (fields: Partial<WorkToEstimate>): number =>
      estimateTime(workOf(fields, { phases }), 'wasm').seconds;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 1, max: 5 }), (more, times) => {
        assert.ok(seconds({ head: [logitsStage(10 + more)] }) >= seconds({}));
        assert.ok(seconds({ trainingImages: 900 + more }) >= seconds({}));
        assert.ok(seconds({ variants: 1 + times }) > seconds({}));
      }),
      { numRuns: 20 },
    );
  });

  test('between two measurements lies between their times', () => {
    const rates = [
      { multiplyAdds: 1000, perSecond: 1000 },
      { multiplyAdds: 100_000, perSecond: 10 },
    ];
    assert.ok(Math.abs(secondsAt(rates, 10_000) - 0.01) < 1e-9);
    assert.ok(Math.abs(secondsAt(rates, 1) - 0.001) < 1e-12);
    assert.ok(Math.abs(secondsAt(rates, 200_000) - 0.2) < 1e-9);
  });
});

describe('earlier runs of this machine', () => {
  /** Steps took this long; with validations and checkpoints, phases took longer. */
  const ran = (stepSeconds: Record<string, number>): object => ({
    phaseSeconds: Object.fromEntries(Object.entries(stepSeconds).map(([name, seconds]) => [name, 3 * seconds])),
    stepSeconds,
  });
  const recordOf = (fields: object): RunRecord => {
    const config = configOf({ phases: [phase('classifier', 'Logits', 50), phase('last block', 'Block8', 10)] });
    const time = '2026-01-01T00:00:00.000Z';
    return runRecordSchema.parse({
      ...{ version: 1, id: 'r', title: 'r', state: 'done', createdAt: time, updatedAt: time, config },
      request: { kind: 'train', config },
      worker: { pid: 1, startTime: '', hostname: 'here', node: '' },
      engines: { training: 'WebAssembly with SIMD, one thread (embedded)' },
      network: 'inception_resnet_v1',
      embeddingSize: 512,
      recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
      labels: Array.from({ length: 10 }, (_, index) => `p${index}`),
      dataset: { root: '/f', people: 10, images: 900, fingerprint: '' },
      result: ran({ classifier: 1, 'last block': (900 * 10) / 100 }),
      ...fields,
    });
  };
  const progress = (activity: string, done: number, seconds: number): RunEvent => ({
    type: 'progress',
    time: seconds * 1000,
    activity,
    done,
    total: 900,
    unit: 'images',
  });

  test('decide where there are some', async () => {
    const folder = temporaryFolder();
    const log = [progress('Computing frozen activations', 0, 1), progress('Computing frozen activations', 300, 11)];
    await writeFile(join(folder, 'metrics.jsonl'), log.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const measured = await earlierRates([{ folder, record: recordOf({}) }], 'here');
    assert.equal(measured!.runs, 1);
    const phases = [phase('block', 'Block8', 1)];
    const {
      basis,
      phases: [block],
      activations,
    } = estimateTime(workOf({}, { phases }), 'wasm', measured);
    assert.deepEqual(basis, { kind: 'measured', runs: 1 });
    assert.ok(Math.abs(block!.seconds - 9) < 0.01, String(block!.seconds));
    assert.ok(Math.abs(activations - 30) < 0.5, String(activations));
    assert.deepEqual(estimateTime(workOf({}), 'cpu', measured).basis, { kind: 'documented' });
  });

  test('with a start-up or small steps do not pass for a slow machine', async () => {
    const folder = temporaryFolder();
    const twelveSteps = configOf({ batchSize: 4, epochSize: 6, phases: [phase('classifier', 'Logits', 2)] });
    const few = recordOf({ config: twelveSteps, result: ran({ classifier: 0.64 }) });
    assert.equal(await earlierRates([{ folder, record: few }], 'here'), undefined);
    // Its pass over the images was long enough to count.
    const log = [progress('Computing frozen activations', 0, 1), progress('Computing frozen activations', 300, 11)];
    const passed = temporaryFolder();
    await writeFile(join(passed, 'metrics.jsonl'), log.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const onlyForward = (await earlierRates([{ folder: passed, record: few }], 'here'))!;
    assert.deepEqual([onlyForward.training, onlyForward.forward[0]!.perSecond], [{}, 30]);
    assert.deepEqual(estimateTime(workOf({}), 'wasm', onlyForward).basis, { kind: 'documented' });
    // 60,000 steps at the pace of the documented machine, whose steps take over 1 ms however few their samples are.
    const manySteps = configOf({ batchSize: 4, epochSize: 6, phases: [phase('classifier', 'Logits', 10_000)] });
    const taken = 60_000 * documentedStep('wasm', 5120, 4);
    const many = recordOf({ config: manySteps, result: ran({ classifier: taken }) });
    const measured = await earlierRates([{ folder, record: many }], 'here');
    assert.equal(measured!.runs, 1);
    const seconds = (rates?: MeasuredRates): number => estimateTime(workOf({}), 'wasm', rates).phases[0]!.seconds;
    assert.ok(Math.abs(seconds(measured) / seconds() - 1) < 1e-9, `${seconds(measured)} for ${seconds()}`);
  });

  test('count only when they ran here, to their end and at once', async () => {
    const folder = temporaryFolder();
    const { config } = recordOf({});
    for (const fields of [
      { state: 'failed' },
      { worker: { pid: 1, startTime: '', hostname: 'elsewhere', node: '' } },
      { request: { kind: 'train', config, resume: folder } },
      { result: undefined },
    ]) {
      assert.equal(
        await earlierRates([{ folder, record: recordOf(fields) }], 'here'),
        undefined,
        JSON.stringify(fields),
      );
    }
  });

  test('know who trained and how long a pass over images took', () => {
    assert.equal(deviceOfRun('TensorFlow 2.21.0 on the CPU (@tensorflow/tfjs-node)'), 'cpu');
    assert.equal(deviceOfRun('TensorFlow 2.9.1 on the GPU (@tensorflow/tfjs-node-gpu)'), 'gpu');
    const passes = [
      progress('Evaluating on LFW', 10, 0),
      progress('Evaluating on LFW', 30, 1),
      progress('Training a', 900, 2),
    ];
    assert.deepEqual(forwardRate(passes, 5), { multiplyAdds: 5, perSecond: 20 });
    assert.equal(forwardRate([], 5), undefined);
  });
});
