// A dataset that is looked at on threads, in the real program: a few pictures under three thousand names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { distFile } from '../../src/engine/installation';
import { listRuns } from '../../src/run/runList';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const cwd = temporaryFolder();
const people = 30;
const imagesOfPerson = 100;
const facenet = (...argv: string[]) =>
  spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd, encoding: 'utf8' });

describe('three thousand images', { timeout: within(120_000) }, () => {
  before(async () => {
    await writeNoiseFaces(join(cwd, 'pictures'), { people: 3, images: 2, size: 150 });
    for (let person = 0; person < people; person++) {
      const name = `p${person}`;
      mkdirSync(join(cwd, 'faces', name), { recursive: true });
      for (let image = 0; image < imagesOfPerson; image++) {
        const picture = `person_${person % 3}`;
        const file = join(cwd, 'pictures', picture, `${picture}_000${1 + (image % 2)}.png`);
        linkSync(file, join(cwd, 'faces', name, `${name}_${String(image).padStart(4, '0')}.png`));
      }
    }
    // Of a file that has just changed nothing is kept.
    await sleep(2500);
  });

  test('are trained with, each content computed once; the next run finds index and facts', async () => {
    const flags = ['--data_dir', 'faces', '--pretrained_model', 'starter', '--engine', 'wasm'];
    const steps = ['--max_nrof_epochs', '1', '--epoch_size', '3', '--batch_size', '30'];
    const train = (): string => {
      const { status, stdout, stderr } = facenet('train-softmax', ...flags, ...steps);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.match(train(), /3000|3,000/);
    const kept = readdirSync(join(cwd, '.facenet', 'index')).map((name) => name.replace(/^.*\./, ''));
    assert.deepEqual(kept.sort(), ['facts', 'index']);
    train();
    const runs = await listRuns(cwd);
    assert.deepEqual(
      runs.map(({ record }) => [record.state, record.dataset?.people, record.dataset?.images]),
      [
        ['done', people, people * imagesOfPerson],
        ['done', people, people * imagesOfPerson],
      ],
    );
    assert.equal(runs[0]!.record.dataset!.fingerprint, runs[1]!.record.dataset!.fingerprint);
  });

  test('are looked at by clean, which names all copies of a picture but the first', () => {
    const { status, stdout, stderr } = facenet('clean', 'faces', '--json');
    assert.ok(status === 0 || status === 1, stderr);
    const problems = JSON.parse(stdout) as { kind: string }[];
    assert.equal(problems.filter(({ kind }) => kind === 'duplicate').length, people * imagesOfPerson - 6);
  });
});
