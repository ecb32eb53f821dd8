// A training whose products are bfloat16 and whose graph is compiled, and engines that have neither.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { listRuns } from '../../src/run/runList';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryWorkspace } from '../fixtures/runs';
import { noTensorflow as skip } from '../fixtures/tensorflowDevice';

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
before(async () => {
  workspace = await temporaryWorkspace();
  await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 6, size: 150 });
});
after(() => workspace.dispose());

function train(...argv: string[]) {
  const flags = ['--data_dir', 'faces', '--pretrained_model', 'starter', '--batch_size', '9', '--max_nrof_epochs', '2'];
  // TensorFlow tells of what it has compiled.
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' };
  const command = [distFile('cli.cjs'), 'train-softmax', ...flags, ...argv];
  return spawnSync(process.execPath, command, { cwd: workspace.path, encoding: 'utf8', env });
}

test('bfloat16 without TensorFlow is refused before a step', { timeout: within(60_000) }, () => {
  const { status, stderr } = train('--engine', 'wasm', '--precision', 'bfloat16');
  assert.equal(status, 1, stderr);
  assert.match(stderr, /For the precision "bfloat16" the steps have to be graphs of TensorFlow/);
});

test('a CPU has no TF32; its TensorFlow trains in bfloat16, compiled', { skip, timeout: within(120_000) }, async () => {
  const refused = train('--engine', 'cpu', '--precision', 'tf32');
  assert.equal(refused.status, 1, refused.stderr);
  assert.match(refused.stderr, /The precision "tf32" is one of NVIDIA's GPUs/);

  const done = train('--engine', 'cpu', '--precision', 'bfloat16', '--xla', 'on');
  assert.equal(done.status, 0, done.stderr);
  const { record, folder } = (await listRuns(workspace.path))[0]!;
  assert.equal(record.state, 'done');
  assert.match(record.engines!.step!, /matrix products in bfloat16, compiled by XLA$/);
  assert.equal(record.config?.precision, 'bfloat16');
  assert.match(await readFile(join(folder, 'worker.log'), 'utf8'), /Compiled cluster using XLA/);
});
