/**
 * A whole fine-tuning of Inception-ResNet-v1 (random weights; the speed does not depend on them) on 3,321 real faces with
 * the embedded engine: activations computed once, the classifier, then Block8 and everything after it, at batch 90. The
 * rate is the median of the steps; the memory is the process's peak.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCheckpoint } from '../src/checkpoint/writeCheckpoint';
import { describe } from '../src/network/describe';
import { initializeVariable } from '../src/network/initialize';
import { networkByName } from '../src/network/registry';
import { trainRequestSchema } from '../src/protocol/job';
import type { ReportedEvent } from '../src/protocol/jobContext';
import { runTraining } from '../src/train/loop/runTraining';
import { memoryContext } from '../src/jobs/memoryContext';
import { lfwChips } from '../test/fixtures/lfwChips';
import { skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';
import { median } from './subjects/trainer';

const batchSize = 90;

async function writePretrained(prefix: string): Promise<void> {
  const { variables } = describe(networkByName('inception_resnet_v1', { embeddingSize: 512 }));
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) / 2147483647;
  await writeCheckpoint(prefix, new Map(variables.map((spec) => [spec.name, initializeVariable(spec, random)])));
}

export async function run(): Promise<Measurement[]> {
  const skip = skipWithoutShared('data', 'lfw');
  if (skip !== false) throw new Error(skip);
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
