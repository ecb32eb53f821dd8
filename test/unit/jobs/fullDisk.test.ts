import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readCheckpointState } from '../../../src/checkpoint/checkpointState';
import { openModel } from '../../../src/checkpoint/model';
import { UserError } from '../../../src/protocol/errors';
import { isActive } from '../../../src/protocol/runRules';
import { openRunFolder } from '../../../src/run/runFolder';
import { Checkpoints } from '../../../src/train/loop/checkpoints';
import { within } from '../../fixtures/deadlines.mjs';
import { withFailingDisk } from '../../fixtures/failingDisk';
import {
  filesNamed,
  newTraining,
  smallTraining,
  tensorsOf,
  train,
  writeSmallDataset,
} from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

/** What is written, in the order in which a run meets it. */
const writes: [what: string, file: RegExp][] = [
  ['description of the run', /arguments\.txt$/],
  ['TensorBoard summaries', /events\.out\.tfevents/],
  ['activation cache, rows', /cache.*\.f32$/],
  ['activation cache, table', /cache.*\.json$/],
  ['evaluation report', /lfw-0\.json$/],
  ['line of an evaluation', /lfw_result\.txt$/],
  ['checkpoint, data', /ckpt-\d+\.data-00000-of-00001$/],
  ['checkpoint, index', /ckpt-\d+\.index$/],
  ['graph beside the checkpoints', /\.meta$/],
  ['list of the checkpoints', /checkpoints[\\/]checkpoint$/],
  ['statistics', /stat\.h5$/],
  ['log', /metrics\.jsonl$/],
  ['record', /run\.json$/],
  ['record of the best checkpoint', /best[\\/]run\.json$/],
];

describe('a disk that is full', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  before(() => writeSmallDataset(workspace));

  test('at each kind of write ends the run with a sentence that names the file; resumed each time, it ends as if nothing had been', async () => {
    const straight = await newTraining(workspace, smallTraining(workspace), 'straight');
    assert.equal(await train(straight.path), undefined);
    const { path } = await newTraining(join(workspace, 'other'), smallTraining(workspace), 'full');
    for (const [what, file] of writes) {
      // As on a real disk there is room again when the run gives back what it has reserved.
      const reserve = join(path, '.reserve');
      const fault = {
        code: 'ENOSPC',
        at: (name: string) => file.test(name) && name.startsWith(path) && existsSync(reserve),
      };
      const began = what !== 'log' && what !== 'record';
      const faults = began ? [fault] : [];
      const error = await withFailingDisk(faults, () =>
        train(path, { onEvent: ({ type }) => void (type === 'phase' && !began && faults.push(fault)) }),
      );
      assert.ok(error instanceof UserError, `${what}: ${String(error)}`);
      assert.match(error.message, /^The disk is full: .+ could not be written\.$/, what);
      assert.match(error.message.replace(' could not be written.', ''), file, what);
      const { record } = await openRunFolder(path);
      assert.equal(record.state, 'failed', what);
      assert.match(record.error!.action!, /^Free some space, then start or resume the job\.$/, what);
      assert.deepEqual(await filesNamed(path, /\.tmp$|\.reserve$/), [], what);
      for (const index of await filesNamed(path, /\.index$/))
        await (await openModel(join(path, index.slice(0, -'.index'.length)))).readAll();
      const lines = readFileSync(join(path, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
      assert.equal((JSON.parse(lines.at(-1)!) as { state: string }).state, 'failed', what);
    }
    assert.equal(await train(path), undefined);
    assert.ok(!isActive((await openRunFolder(path)).record.state));
    assert.deepEqual(await tensorsOf(path), await tensorsOf(straight.path));
    const results = readFileSync(join(path, 'lfw_result.txt'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      results.at(-1),
      readFileSync(join(straight.path, 'lfw_result.txt'), 'utf8').trimEnd().split('\n').at(-1),
    );
  });

  test('at the list of the checkpoints, one of which is to go: what is listed is there', async () => {
    const folder = join(workspace, 'checkpoints');
    const tensors = (value: number) => new Map([['w', { shape: [1], data: Float32Array.of(value) }]]);
    await mkdir(folder);
    const checkpoints = await Checkpoints.open(folder, 'model', 2, Buffer.from('graph'));
    for (const step of [1, 2]) await checkpoints.save(step, tensors(step));
    const full = { code: 'ENOSPC', at: (path: string) => path === join(folder, 'checkpoint') };
    await assert.rejects(
      withFailingDisk([full], () => checkpoints.save(3, tensors(3))),
      /ENOSPC/,
    );
    const listed = (await readCheckpointState(folder))!.all;
    assert.equal(listed.length, 2);
    for (const prefix of listed) await (await openModel(join(folder, prefix))).readAll();
  });
});
