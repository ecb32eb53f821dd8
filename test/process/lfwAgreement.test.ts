// An evaluation during a training is the evaluation of the command on the checkpoint of that step, number for number.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { type LfwReport, lfwReportSchema } from '../../src/protocol/lfwReport';
import { openRunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8' });
}

function reportAt(path: string): LfwReport {
  return lfwReportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

test('facenet pairs writes a pairs file, replaces none unasked, and leaves out who was trained', async () => {
  await writeNoiseFaces(join(folder, 'faces'), { people: 6, images: 6, size: 150 });
  const written = facenet('pairs', 'faces', 'own/pairs.txt', '--folds', '5', '--pairs_per_fold', '6');
  assert.equal(written.status, 0, written.stderr);
  assert.match(written.stdout, /^60 pairs in 5 folds, of 6 people: .*pairs\.txt$/m);
  assert.match(readFileSync(join(folder, 'own', 'pairs.txt'), 'utf8'), /^5\t6\nperson_\d\t\d\t\d\n/);
  const again = facenet('pairs', 'faces', 'own/pairs.txt');
  assert.equal(again.status, 1);
  assert.match(again.stderr, /^facenet: .*pairs\.txt exists already\. .*--force/);
  const nobody = facenet('pairs', 'faces', 'other.txt', '--apart_from', 'faces');
  assert.match(nobody.stderr, /nobody is left to make pairs of/);
  assert.equal(facenet('pairs', 'faces').status, 2);
});

test('an LFW evaluation of a training equals validate-on-lfw on its checkpoint to the last digit', async () => {
  const lfw = ['--lfw_pairs', 'own/pairs.txt', '--lfw_nrof_folds', '5'];
  const trained = facenet(
    ...['train-softmax', '--data_dir', 'faces', '--pretrained_model', 'starter', '--max_nrof_epochs', '1'],
    ...['--batch_size', '12', '--learning_rate', '0.01', '--optimizer', 'ADAM'],
    ...['--lfw_dir', 'faces', ...lfw, '--lfw_distance_metric', '1'],
    ...['--lfw_use_flipped_images', '--lfw_subtract_mean'],
  );
  assert.equal(trained.status, 0, trained.stderr);
  const [run] = await listRuns(folder);
  const checkpoints = join(run!.folder, 'checkpoints');
  const events = await (await openRunFolder(run!.folder)).readEvents();
  const evaluations = events.filter((event) => event.type === 'lfw');
  assert.equal(evaluations[0]?.step, 0);
  let compared = 0;
  for (const { step, report } of evaluations) {
    const saved = readdirSync(checkpoints).find((name) => name.endsWith(`-${step}.index`));
    const model = step === 0 ? 'starter' : saved && join(checkpoints, saved.replace(/\.index$/, ''));
    if (model === undefined) continue;
    const file = join(folder, `command-${step}.json`);
    const command = facenet(
      ...['validate-on-lfw', 'faces', model, ...lfw, '--distance_metric', '1'],
      ...['--use_flipped_images', '--subtract_mean', '--json', file],
    );
    assert.equal(command.status, 0, command.stderr);
    const [ours, theirs] = [reportAt(join(run!.folder, report)), reportAt(file)];
    for (const key of [
      'recipe',
      'pairs',
      'accuracy',
      'validation',
      'auc',
      'eer',
      'roc',
      'distances',
      'deviations',
    ] as const)
      assert.deepEqual(ours[key], theirs[key], `${key} at step ${step}`);
    compared++;
  }
  assert.ok(compared >= 2, `${compared} evaluations compared`);
});
