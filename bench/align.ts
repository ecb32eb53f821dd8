/**
 * Alignment against embedding, one after the other in the same run: photographs decoded, faces found by MTCNN, cut out
 * and written as 160×160 PNG by all cores; then Inception-ResNet-v1 (random weights) on ONNX Runtime at batch 32.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignDataset } from '../src/align/alignDataset';
import { locateDetector } from '../src/align/createDetector';
import { installationRoot } from '../src/engine/installation';
import { openOnnxSession } from '../src/engine/onnx';
import { describeChain } from '../src/network/describe';
import { initializeVariable } from '../src/network/initialize';
import { exportOnnx } from '../src/network/onnx/exportOnnx';
import { networkByName } from '../src/network/registry';
import { alignRequestSchema } from '../src/protocol/job';
import { memoryContext } from '../src/jobs/memoryContext';
import type { Measurement } from './measurement';

const batch = 32;
const edge = 160;
const embeddingRounds = 6;

async function embeddingRate(): Promise<number> {
  const network = networkByName('inception_resnet_v1');
  const { variables } = describeChain(network, [edge, edge, 3]);
  const weights = new Map(variables.map((spec) => [spec.name, initializeVariable(spec, Math.random)]));
  const model = exportOnnx(network, weights, { inputShape: [edge, edge, 3], output: 'embeddings' });
  const session = await openOnnxSession(model);
  const images = Float32Array.from({ length: batch * edge * edge * 3 }, () => Math.random() * 2 - 1);
  const seconds: number[] = [];
  for (let round = 0; round <= embeddingRounds; round++) {
    const start = performance.now();
    await session.run(images, [batch, edge, edge, 3]);
    if (round > 0) seconds.push((performance.now() - start) / 1000);
  }
  await session.dispose();
  seconds.sort((a, b) => a - b);
  return batch / seconds[seconds.length >> 1]!;
}

/** Images per second of a whole run, workers started already; and how many faces were cut out. */
async function alignmentRate(inputDir: string): Promise<{ perSecond: number; faces: number; images: number }> {
  const outputDir = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  try {
    const request = alignRequestSchema.parse({
      kind: 'align',
      inputDir,
      outputDir,
      imageSize: edge,
      margin: 32,
      detector: 'mtcnn',
    });
    const context = memoryContext({ signal: new AbortController().signal, onEvent: () => undefined });
    const { imagesPerSecond, faces, images } = await alignDataset(request, context);
    return { perSecond: imagesPerSecond ?? 0, faces, images };
  } finally {
    rmSync(outputDir, { recursive: true, force: true });
  }
}

export async function run(): Promise<Measurement[]> {
  const shared = join(installationRoot(), '..', 'shared', 'data');
  process.env['FACENET_ASSETS'] ??= join(shared, 'mtcnn');
  await locateDetector('mtcnn');
  const before = await embeddingRate();
  const alignment = await alignmentRate(join(shared, 'lfw', 'images'));
  const after = await embeddingRate();
  const embedding = (before + after) / 2;
  return [
    {
      name: 'alignment (MTCNN, 160×160 PNG)',
      value: alignment.perSecond,
      unit: 'images/s',
      note: `${alignment.faces} faces of ${alignment.images} photographs`,
    },
    { name: `embedding (Inception-ResNet-v1, batch ${batch})`, value: embedding, unit: 'images/s' },
    { name: 'alignment over embedding', value: alignment.perSecond / embedding, unit: '×', note: 'aim: at least 1.35' },
  ];
}
