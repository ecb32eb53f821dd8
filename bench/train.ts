/**
 * The classifier alone from prelogits in memory, for 10, 100 and 1,241 people; then a whole fine-tuning of Inception-ResNet-v1 (random weights; the speed does not depend on them) on 3,321 real faces with the
 * embedded engine: activations computed once, the classifier, then Block8 and everything after it, at batch 90. Rates are
 * medians; the memory is the process's peak.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCheckpoint } from '../src/checkpoint/writeCheckpoint';
import { openWasm } from '../src/engine/wasm/openWasm';
import { describe } from '../src/network/describe';
import { initializeVariable } from '../src/network/initialize';
import { networkByName } from '../src/network/registry';
import { trainRequestSchema, type ReportedEvent } from '../src/protocol/job';
import { trainConfigSchema } from '../src/protocol/trainConfig';
import { runTraining } from '../src/train/runTraining';
import { TailTrainer } from '../src/train/tailTrainer';
import { memoryContext } from '../src/worker/memoryContext';
import { lfwChips } from '../test/fixtures/lfwChips';
import { skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';

const batchSize = 90;

async function writePretrained(prefix: string): Promise<void> {
  const { variables } = describe(networkByName('inception_resnet_v1', { embeddingSize: 512 }));
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) / 2147483647;
  await writeCheckpoint(prefix, new Map(variables.map((spec) => [spec.name, initializeVariable(spec, random)])));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Samples per second of the classifier's steps (ADAM), the median of rounds. */
async function classifierRate(classes: number): Promise<number> {
  const tf = await openWasm();
  const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
  const cut = network.stages.length;
  const random = (length: number): Float32Array => Float32Array.from({ length }, () => Math.random() - 0.5);
  const weights = new Map([
    ['Logits/weights', { shape: [512, classes], data: random(512 * classes) }],
    ['Logits/biases', { shape: [classes], data: new Float32Array(classes) }],
  ]);
  const { weightDecay, prelogitsNormLossFactor, prelogitsNormP, centerLossFactor, centerLossAlfa, keepProbability } =
    trainConfigSchema.parse({
      dataDir: '.',
      phases: [{ name: 'c', trainableFrom: 'Logits', epochs: 1, learningRate: 1 }],
    });
  const trainer = new TailTrainer(
    tf,
    {
      ...{ weightDecay, prelogitsNormLossFactor, prelogitsNormP, centerLossFactor, centerLossAlfa, keepProbability },
      ...{ network, classes, cut, weights, imageSize: 160, optimizer: 'ADAM', batchNorm: 'frozen' },
    },
    [512],
  );
  const rows = random(batchSize * 512);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes);
  const steps = classes > 1000 ? 10 : 100;
  const rates: number[] = [];
  for (let round = 0; round < 9; round++) {
    const started = performance.now();
    for (let step = 0; step < steps; step++) trainer.step(rows, labels, 0.01, step, 0);
    await trainer.measures();
    rates.push((steps * batchSize) / ((performance.now() - started) / 1000));
  }
  trainer.dispose();
  return median(rates);
}

export async function run(): Promise<Measurement[]> {
  const skip = skipWithoutShared('data', 'lfw');
  if (skip !== false) throw new Error(skip);
  const classifier: Measurement[] = [];
  for (const people of [10, 100, 1241]) {
    const name = `phase 1: classifier of ${people} people`;
    classifier.push({
      name,
      value: await classifierRate(people),
      unit: 'samples/s',
      note: `512-d, batch ${batchSize}`,
    });
  }
  const dataDir = await lfwChips(160);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  try {
    const pretrainedModel = join(folder, 'model-bench.ckpt-0');
    await writePretrained(pretrainedModel);
    const request = trainRequestSchema.parse({
      kind: 'train',
      config: {
        dataDir,
        pretrainedModel,
        phases: [
          { name: 'classifier', trainableFrom: 'Logits', epochs: 4, learningRate: 0.05 },
          { name: 'last block', trainableFrom: 'Block8', epochs: 1, learningRate: 0.001 },
        ],
        batchSize,
        engine: 'wasm',
      },
    });
    const rates = new Map<string, number[]>();
    let activations = 0;
    const onEvent = (event: ReportedEvent): void => {
      if (event.type === 'step') rates.set(event.phase, [...(rates.get(event.phase) ?? []), event.imagesPerSecond]);
      if (event.type === 'progress' && event.activity.startsWith('Computing')) activations ||= performance.now();
      if (event.type === 'phase' && event.name === 'classifier' && event.boundary === 'start') {
        activations = performance.now() - activations;
      }
    };
    const started = performance.now();
    await runTraining(
      request,
      memoryContext({ signal: new AbortController().signal, onEvent, runFolder: join(folder, 'runs', 'bench') }),
    );
    const images = 3321;
    const peak = process.resourceUsage().maxRSS * 1024;
    return [
      ...classifier,
      {
        name: 'frozen activations',
        value: images / (activations / 1000),
        unit: 'images/s',
        note: 'decode and forward to Block8 and on to the prelogits',
      },
      {
        name: 'phase 2: Block8 on',
        value: median(rates.get('last block') ?? []),
        unit: 'samples/s',
        note: `Inception-ResNet-v1, batch ${batchSize}`,
      },
      { name: 'peak memory of the run', value: peak / 2 ** 30, unit: 'GiB', note: `${images} images` },
      { name: 'whole run', value: (performance.now() - started) / 1000, unit: 's' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
