import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { distFile } from '../../src/engine/installation';
import type { RunEvent } from '../../src/protocol/events';
import { openRunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const skip = process.platform === 'win32' && 'Windows has no signals to send';

/** Moments of a training, as its log shows them, and whether something to resume from has been saved by then. */
const stages: [name: string, hasBegun: (event: RunEvent) => boolean][] = [
  ['while it starts', (event) => event.type === 'state' && event.state === 'running'],
  ['while frozen activations are computed', (event) => event.type === 'progress'],
  ['in the first phase', (event) => event.type === 'step'],
  [
    'in the second phase',
    (event) => event.type === 'phase' && event.name !== 'classifier' && event.boundary === 'start',
  ],
];

describe('facenet train-softmax and Ctrl-C', { skip, timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    for (const [index, person] of ['ann', 'bob', 'cid'].entries()) {
      await mkdir(join(workspace.path, 'faces', person), { recursive: true });
      for (let number = 1; number <= 12; number++) {
        const noise = { type: 'gaussian' as const, mean: 60 + 50 * index, sigma: 20 + number };
        const image = sharp({ create: { width: 160, height: 160, channels: 3, background: 'black', noise } });
        await image.toFile(join(workspace.path, 'faces', person, `${person}_${String(number).padStart(4, '0')}.png`));
      }
    }
  });
  after(() => workspace.dispose());

  const facenet = (...argv: string[]) => {
    const child = spawn(process.execPath, [distFile('cli.cjs'), 'train-softmax', ...argv], {
      cwd: workspace.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal!)),
    );
    return { child, ended, problems: () => stderr };
  };
  const lastRun = async () => (await listRuns(workspace.path))[0];

  for (const [name, hasBegun] of stages) {
    test(`${name}: 130, recorded as stopped, and what was saved can be resumed`, async () => {
      const before = (await lastRun())?.folder;
      const flags = [
        '--pretrained_model',
        'starter',
        '--max_nrof_epochs',
        '400',
        '--batch_size',
        '12',
        '--learning_rate',
        '0.01',
      ];
      const training = facenet('--data_dir', 'faces', ...flags);
      await until(`it is ${name}`, async () => {
        assert.equal(training.child.exitCode, null, training.problems());
        const run = await lastRun();
        if (run === undefined || run.folder === before) return false;
        return (await (await openRunFolder(run.folder)).readEvents()).some(hasBegun);
      });
      training.child.kill('SIGINT');
      assert.equal(await training.ended, 130, training.problems());
      assert.doesNotMatch(training.problems(), /^\s+at /m);
      const { record, folder } = (await lastRun())!;
      assert.equal(record.state, 'stopped');
      const stepped = (await (await openRunFolder(folder)).readEvents()).some((event) => event.type === 'step');
      if (stepped) assert.ok(record.checkpoint !== undefined, 'a training that has stepped has a checkpoint');
      if (record.checkpoint === undefined) return;
      const { prefix, step } = record.checkpoint;
      assert.ok(existsSync(`${join(folder, 'checkpoints', prefix)}.index`) || existsSync(`${prefix}.index`), prefix);

      const resumed = facenet('--resume', record.id);
      await until('it goes on from there', async () =>
        (await (await openRunFolder(folder)).readEvents()).some(
          (event) => event.type === 'step' && event.step > step + 3,
        ),
      );
      resumed.child.kill('SIGINT');
      assert.equal(await resumed.ended, 130, resumed.problems());
    });
  }

  test('a finished run is resumed, with nothing left to train, and that is said', async () => {
    const flags = [
      '--pretrained_model',
      'starter',
      '--max_nrof_epochs',
      '1',
      '--epoch_size',
      '2',
      '--batch_size',
      '12',
    ];
    const training = facenet('--data_dir', 'faces', ...flags, '--learning_rate', '0.01');
    assert.equal(await training.ended, 0, training.problems());
    const { record } = (await lastRun())!;
    assert.equal(record.state, 'done');
    const resumed = facenet('--resume', record.id);
    assert.equal(await resumed.ended, 0, resumed.problems());
    assert.ok(resumed.problems().includes(`Run ${record.id} is done; there is nothing left to train.\n`));
    const again = (await lastRun())!.record;
    assert.deepEqual([again.state, again.checkpoint], ['done', record.checkpoint]);
  });
});
