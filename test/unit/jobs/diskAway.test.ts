import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import { DiskAwayError } from '../../../src/files/patience';
import { parseEvents } from '../../../src/run/metricsLog';
import { openRunFolder } from '../../../src/run/runFolder';
import { within } from '../../fixtures/deadlines.mjs';
import { withFailingDisk, type DiskFault } from '../../fixtures/failingDisk';
import {
  filesNamed,
  newTraining,
  smallTraining,
  tensorsOf,
  train,
  writeSmallDataset,
} from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('a run folder on a drive that goes away', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  let expected: Map<string, ArrayLike<number>>;
  before(async () => {
    await writeSmallDataset(workspace);
    const straight = await newTraining(workspace, smallTraining(workspace), 'straight');
    assert.equal(await train(straight.path), undefined);
    expected = await tensorsOf(straight.path);
  });
  afterEach(() => delete process.env['FACENET_DISK_PATIENCE']);

  /** Everything of a run that has been there all the time: each step's event once, the same weights, nothing torn. */
  const isWhole = async (path: string): Promise<void> => {
    assert.equal((await openRunFolder(path)).record.state, 'done');
    assert.deepEqual(await tensorsOf(path), expected);
    assert.deepEqual(await filesNamed(path, /\.tmp$/), []);
    const text = readFileSync(join(path, 'metrics.jsonl'), 'utf8');
    const events = parseEvents(text);
    assert.equal(events.length, text.trimEnd().split('\n').length - (await tornLines(text)));
    const waited = events.filter(
      (event) => event.type === 'log' && event.message.includes('cannot be reached at the moment'),
    );
    assert.ok(waited.length >= 1, 'it is said');
    const states = events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    assert.deepEqual(states, ['starting', 'running', 'done']);
  };
  const tornLines = async (text: string): Promise<number> =>
    text
      .trimEnd()
      .split('\n')
      .filter((line) => !line.endsWith('}')).length;

  test('and gives errors for a while at every write: nothing is lost', async () => {
    const code = 'EIO';
    const { path } = await newTraining(join(workspace, code), smallTraining(workspace));
    const faults: DiskFault[] = [];
    const away: DiskFault = { code, at: (name) => name.startsWith(path) };
    let phases = 0;
    const error = await withFailingDisk(faults, () =>
      train(path, {
        onEvent({ type }) {
          if (type !== 'phase' || phases++ > 0) return;
          faults.push(away);
          setTimeout(() => faults.splice(0), 800);
        },
      }),
    );
    assert.equal(error, undefined, String(error));
    await isWhole(path);
  });

  test('with its mount point, and comes back: nothing is lost, and nothing is made in its place meanwhile', async () => {
    const drive = join(workspace, 'drive');
    const { path } = await newTraining(drive, smallTraining(workspace));
    let moved: Promise<string[]> | undefined;
    const goAway = async (): Promise<string[]> => {
      await rename(drive, `${drive}.away`);
      await mkdir(drive);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      const made = await readdir(drive);
      await rename(drive, `${drive}.below`);
      await rename(`${drive}.away`, drive);
      return made;
    };
    const error = await train(path, { onEvent: ({ type }) => void (type === 'phase' && (moved ??= goAway())) });
    assert.equal(error, undefined, String(error));
    assert.deepEqual(await moved, []);
    await isWhole(path);
  });

  test('and does not come back in time: the run ends with a sentence, and what was saved is resumed', async () => {
    process.env['FACENET_DISK_PATIENCE'] = '0.5';
    const drive = join(workspace, 'gone');
    const { path } = await newTraining(drive, smallTraining(workspace));
    let moved: Promise<void> | undefined;
    const error = await train(path, {
      onEvent: (event) => void (event.type === 'checkpoint' && (moved ??= rename(drive, `${drive}.away`))),
    });
    await moved;
    assert.ok(error instanceof DiskAwayError, String(error));
    assert.match(
      error.sentence,
      /^The disk of .+ has gone \(ENOENT\) and did not come back within \d+ s\. Connect it again/,
    );
    assert.deepEqual(await filesNamed(drive, /./).catch(() => []), [], 'nothing is made in its place');
    await rename(`${drive}.away`, drive);
    // The process that owned the run would have ended.
    await writeFile(join(path, '.claim-1'), '{}');
    assert.equal(await train(path), undefined);
    assert.deepEqual(await tensorsOf(path), expected);
  });
});
