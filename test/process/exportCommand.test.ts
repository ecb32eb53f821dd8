import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import { openOnnxSession } from '../../src/engine/onnx';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8' });
}

async function model(name: string): Promise<void> {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network, { classes: 3 }).variables);
  await writeCheckpoint(join(folder, name, 'model-m.ckpt-5'), weights);
}

test('facenet export writes the format that the name says, with a card, and replaces nothing unasked', async () => {
  await model('m');
  const path = join(folder, 'out', 'm.onnx');
  const written = facenet('export', 'm', path);
  assert.equal(written.status, 0, written.stderr);
  assert.deepEqual(readdirSync(join(folder, 'out')), ['m.onnx', 'm.onnx.md']);
  const bytes = readFileSync(path);
  const session = await openOnnxSession(bytes);
  const [result] = await session.run(new Float32Array(2 * 160 * 160 * 3).fill(0.5), [2, 160, 160, 3]);
  await session.dispose();
  assert.deepEqual(result!.shape, [2, 8]);
  assert.ok(Math.abs(Math.hypot(...result!.data.subarray(0, 8)) - 1) < 1e-5);

  const card = readFileSync(`${path}.md`, 'utf8');
  assert.match(card, /^# m, step 5$/m);
  assert.match(card, new RegExp(createHash('sha256').update(bytes).digest('hex')));
  assert.match(card, /\| Standardisation \| \(x − 127\.5\) \/ 128 \|/);
  assert.match(card, /Nothing is recorded of its training/);
  assert.ok(!card.includes(folder), 'no path of this machine');

  writeFileSync(path, 'mine');
  const refused = facenet('export', 'm', path);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^facenet: .*m\.onnx exists already\. .*--force\.$/m);
  assert.equal(readFileSync(path, 'utf8'), 'mine');
  assert.equal(facenet('export', 'm', path, '--force').status, 0);
  assert.ok(readFileSync(path).equals(bytes));
});

test('what half precision changes is measured on the faces that are given', async () => {
  await model('h');
  await writeNoiseFaces(join(folder, 'faces'), { people: 2, images: 2, size: 160 });
  const written = facenet('export', 'h', 'h.safetensors', '--fp16', '--images', 'faces');
  assert.equal(written.status, 0, written.stderr);
  const told = /^Half precision: cosine .* on 4 faces of \S+faces: mean \S+, lowest (0\.9999\d+|1\.0000\d+)\.$/m;
  assert.match(written.stdout, told);
  assert.match(readFileSync(join(folder, 'h.safetensors.md'), 'utf8'), /on 4 faces of faces: mean/);
  assert.match(facenet('inspect', 'h').stdout, /squeezenet, 8-d/);
  assert.equal(facenet('export', 'h', 'h.pb', '--fp16', '--no_card').status, 0);
  assert.match(facenet('inspect', 'h.pb').stdout, /squeezenet, 8-d embeddings, no classifier/);
  assert.equal(existsSync(join(folder, 'h.pb.md')), false);
});

test('what cannot be exported is told in one sentence, and nothing is written', async () => {
  await model('s');
  const one = { w: { shape: [1], data: Float32Array.of(1) } };
  await writeCheckpoint(join(folder, 'other', 'model-o.ckpt-1'), new Map(Object.entries(one)));
  for (const [argv, pattern] of [
    [['s', 'model'], /The name .*model does not say in which format the model is wanted\. Add --format/],
    [['s', 'w.h5'], /The Keras layout is that of deepface's Inception-ResNet-v1; this model is of squeezenet/],
    [['other', 'o.onnx'], /holds no network that is known here/],
    [['nothing', 'n.onnx'], /There is no model at/],
    [['s', 's.onnx', '--fp16', '--images', 'nowhere'], /nowhere/],
  ] as const) {
    const result = facenet('export', ...argv);
    assert.equal(result.status, 1, result.stdout);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => /^(model|w|o|n|s)\./.test(name)),
    [],
  );
});
