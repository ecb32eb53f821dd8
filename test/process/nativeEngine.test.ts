import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import { distFile } from '../../src/engine/installation';
import { openRunFolder, type RunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { killWorker, temporaryWorkspace, until } from '../fixtures/runs';
import { noTensorflow as skip, tensorflowDevice } from '../fixtures/tensorflowDevice';
import { within } from '../fixtures/deadlines.mjs';

const people = 3;
const images = 8;
const phases = [
  { name: 'classifier', trainableFrom: 'Logits', epochs: 30, learningRate: 1 },
  // Long enough that a fast machine still trains when its first checkpoint, after two seconds, has been seen.
  { name: 'last block', trainableFrom: 'LastBlock', epochs: 900, learningRate: 0.001 },
];

describe('facenet train-softmax on TensorFlow itself', { skip, timeout: within(240_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people, images, size: 150 });
    const pairs: string[] = [];
    for (let fold = 0; fold < 2; fold++) {
      for (let i = 0; i < people; i++) pairs.push(`person_${i} ${1 + fold} ${4 + fold}`);
      for (let i = 0; i < people; i++) pairs.push(`person_${i} ${1 + fold} person_${(i + 1) % people} ${3 + fold}`);
    }
    await writeFile(join(workspace.path, 'pairs.txt'), `2\t${people}\n${pairs.join('\n')}\n`);
    await writeFile(join(workspace.path, 'phases.json'), JSON.stringify(phases));
  });
  after(() => workspace.dispose());

  const train = (...flags: string[]) => {
    const child = spawn(process.execPath, [distFile('cli.cjs'), 'train-softmax', ...flags], {
      cwd: workspace.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let problems = '';
    child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal!)),
    );
    return { child, ended, problems: () => problems };
  };
  const flags = ['--data_dir', 'faces', '--pretrained_model', 'starter', '--phases', 'phases.json'].concat(
    [
      '--batch_size',
      '8',
      '--random_flip',
      '--keep_probability',
      '0.8',
      '--weight_decay',
      '1e-4',
      '--engine',
      tensorflowDevice,
    ],
    ['--prelogits_norm_loss_factor', '1e-4', '--center_loss_factor', '1e-2', '--seed', '7'],
    ['--lfw_dir', 'faces', '--lfw_pairs', 'pairs.txt', '--lfw_nrof_folds', '2'],
  );
  const newest = async (): Promise<RunFolder> => openRunFolder((await listRuns(workspace.path))[0]!.folder);
  const tensorsOf = async (run: RunFolder) => (await openModel(run.record.checkpoint!.prefix)).readAll();

  test('two phases with evaluations; killed and resumed it ends bit for bit where it would have ended', async () => {
    const whole = train(...flags);
    assert.equal(await whole.ended, 0, whole.problems());
    const straight = await newest();
    const events = await straight.readEvents();
    assert.ok(
      events.some(
        (event) => event.type === 'log' && /Training engine: TensorFlow \d.* on the [CG]PU/.test(event.message),
      ),
      'TensorFlow itself trains',
    );
    if (tensorflowDevice === 'cpu') assert.equal(straight.record.engines?.step, 'one call of a TensorFlow graph');
    const steps = events.filter((event) => event.type === 'step');
    assert.equal(straight.record.checkpoint!.step, (30 + 900) * 3);
    assert.ok(steps.at(-1)!.loss! < steps[0]!.loss!, 'it has learned');
    const evaluations = events.filter((event) => event.type === 'lfw');
    assert.deepEqual(
      evaluations.map((event) => event.step),
      [0, 30 * 3, (30 + 900) * 3],
    );
    assert.ok(evaluations.at(-1)!.accuracy >= evaluations[0]!.accuracy);

    const interrupted = train(...flags);
    await until('the second phase has saved a checkpoint of its own', async () => {
      assert.equal(interrupted.child.exitCode, null, interrupted.problems());
      const run = await newest();
      if (run.path === straight.path) return false;
      const seen = await run.readEvents();
      const begun = seen.find((event) => event.type === 'phase' && event.name === 'last block');
      return begun?.type === 'phase' && seen.some((event) => event.type === 'checkpoint' && event.step > begun.step);
    });
    await killWorker(await newest());
    await interrupted.ended;
    const killed = await newest();
    assert.ok(killed.record.checkpoint!.step < straight.record.checkpoint!.step, 'it was killed before its end');
    const resumed = train('--resume', killed.record.id);
    assert.equal(await resumed.ended, 0, resumed.problems());

    const [expected, actual] = [await tensorsOf(straight), await tensorsOf(await newest())];
    assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
    for (const [name, { data }] of expected) assert.deepEqual(actual.get(name)!.data, data, name);
    assert.ok(expected.has('Logits/weights/Adam') && expected.has('centers'));
  });
});
