import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { type PeopleResult, peopleResultSchema } from '../../src/protocol/peopleResult';
import type { RunFolder } from '../../src/run/runFolder';
import { within } from '../fixtures/deadlines.mjs';
import { newTraining, smallTraining, train, writeSmallDataset } from '../fixtures/smallTraining';
import { temporaryFolder } from '../fixtures/temporaryFolder';

describe('facenet people', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  let trained: RunFolder;
  const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
  const people = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [distFile('cli.cjs'), 'people', ...args], { cwd: workspace, encoding: 'utf8' });
  const training = async (title: string, changes: object): Promise<RunFolder> => {
    const run = await newTraining(
      workspace,
      smallTraining(workspace, { phases, lfw: undefined, ...changes } as object),
      title,
    );
    assert.equal(await train(run.path), undefined);
    return run;
  };
  before(async () => {
    await writeSmallDataset(workspace);
    trained = await training('held out', { validationSplitRatio: 0.34 });
  });

  test('tells of a training, by a part of its name, how each person is named, worst first', () => {
    const { status, stdout, stderr } = people(trained.record.id.slice(0, -3));
    assert.equal(status, 0, stderr);
    const [headline, ...lines] = stdout.trimEnd().split('\n');
    const [, right, images] =
      /^Held-out images at step 3: (\d+) of (\d+) of 2 people are named right \(\d+\.\d %\)\.$/.exec(headline!) ?? [];
    assert.equal(lines.length, 2, stdout);
    const counts = lines.map((line) => {
      const [, own, all, others] =
        /^ {2}person_[01]: (\d+) of (\d+)(?:, taken for person_[01] \((\d+)\))?$/.exec(line) ?? [];
      assert.equal(Number(own) + Number(others ?? 0), Number(all), line);
      return [Number(own), Number(all)] as const;
    });
    const sum = (index: 0 | 1): number => counts.reduce((total, count) => total + count[index], 0);
    assert.deepEqual([sum(0), sum(1)], [Number(right), Number(images)]);
    assert.ok(counts[0]![0] / counts[0]![1] <= counts[1]![0] / counts[1]![1], 'the worst first');
  });

  test('prints the same as JSON, which is what the run has kept', () => {
    const { status, stdout } = people(trained.path, '--json');
    assert.equal(status, 0);
    const result: PeopleResult = peopleResultSchema.parse(JSON.parse(stdout));
    assert.deepEqual([result.step, result.people.map(({ name }) => name)], [3, ['person_0', 'person_1']]);
  });

  test('says of a run without held-out images that it has none, and how it would', async () => {
    const run = await training('all trained', { validationSplitRatio: 0 });
    const { status, stdout, stderr } = people(run.path);
    assert.deepEqual([status, stdout], [1, '']);
    assert.equal(
      stderr,
      `facenet: Run ${run.record.id} has no result per person. A training with a classifier has one from the end of its ` +
        'first phase on, where images are held out (--validation_set_split_ratio).\n',
    );
  });

  test('says of a folder that is no run that it is none', async () => {
    const folder = join(workspace, 'empty');
    await mkdir(folder);
    const { status, stdout, stderr } = people(folder);
    assert.deepEqual([status, stdout], [1, '']);
    const runs = join(workspace, '.facenet', 'runs');
    assert.equal(stderr, `facenet: There is no run "${folder}" in ${runs}. facenet runs lists them.\n`);
  });

  test('says where what a run has kept cannot be read', async () => {
    await trained.reload();
    await writeFile(join(trained.path, trained.record.heldOut!.file), '{');
    const { status, stderr } = people(trained.path);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^facenet: .*people-3\.json is no result per person of this version: .* Train again to make a new one\.\n$/,
    );
  });
});
