import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import promises, { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { RunTakenError, claimRun, isOwned } from '../../../src/run/claim';
import { processStartTime } from '../../../src/run/liveness';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const claims = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('.claim-')).sort();
const owner = (folder: string, number: number): Record<string, unknown> =>
  (JSON.parse(readFileSync(join(folder, `.claim-${number}`), 'utf8')) as { owner: Record<string, unknown> }).owner;

test('a run has one owner; after a release or a death the next one makes the next claim', async () => {
  const folder = temporaryFolder();
  const first = await claimRun(folder);
  assert.equal(await first.standing(), 'ours');
  assert.equal(await isOwned(folder), true);
  await assert.rejects(claimRun(folder), (error: unknown) => {
    assert.ok(error instanceof RunTakenError);
    assert.match(error.sentence, /^Another worker is running this job .*\. Stop it first\.$/);
    return true;
  });
  assert.deepEqual(await readdir(folder), ['.claim-1'], 'who is refused leaves nothing');
  await first.release();
  assert.equal(await isOwned(folder), false);

  const second = await claimRun(folder);
  assert.deepEqual(await claims(folder), ['.claim-2']);
  assert.equal(await first.standing(), 'taken');
  // As a worker leaves it that was killed, with the number of a process that lives.
  writeFileSync(join(folder, '.claim-2'), JSON.stringify({ owner: { ...owner(folder, 2), startTime: 'then' } }));
  await claimRun(folder);
  assert.deepEqual(await claims(folder), ['.claim-3']);
  assert.equal(await second.standing(), 'taken');
  assert.equal(await (await claimRun(temporaryFolder())).standing(), 'ours');
});

test('a claim that was half written when its worker was killed is nobody’s', async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, '.claim-7'), '{"owner":{"pid":');
  assert.equal(await isOwned(folder), false);
  await claimRun(folder);
  assert.deepEqual(await claims(folder), ['.claim-8']);
});

test('a claim of a number that no worker can have reached is said, not counted on from', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.claim-999999999'), '{}');
  await assert.rejects(claimRun(folder), /\.claim-999999999 was not made by a worker\./);
  assert.deepEqual(await claims(folder), ['.claim-999999999']);
});

test('an owner on another machine is believed while it writes, by the clock of the disk', async () => {
  const folder = temporaryFolder();
  const elsewhere = { pid: process.pid, startTime: await processStartTime(process.pid), hostname: 'another-machine' };
  const silentFor = async (minutes: number): Promise<void> => {
    await writeFile(join(folder, '.claim-1'), JSON.stringify({ owner: elsewhere }));
    await writeFile(join(folder, 'metrics.jsonl'), '');
    const then = Date.now() / 1000 - 60 * minutes;
    for (const name of ['.claim-1', 'metrics.jsonl']) await utimes(join(folder, name), then, then);
  };
  await silentFor(14);
  await assert.rejects(claimRun(folder), /on another-machine works in/);
  await silentFor(16);
  await claimRun(folder);
});

test('an owner on another machine is judged by the clock of the disk, however wrong that of this machine is', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, '.claim-1'),
    JSON.stringify({ owner: { pid: process.pid, startTime: 'then', hostname: 'elsewhere' } }),
  );
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 365 * 24 * 3_600_000 });
  try {
    await assert.rejects(claimRun(folder), RunTakenError);
  } finally {
    mock.timers.reset();
  }
});

test('who claims while others come and go looks again', async (t) => {
  const folder = temporaryFolder();
  const link = Reflect.get(promises, 'link');
  t.mock.method(
    promises,
    'link',
    async (from: string, to: string) => {
      // Two have come and gone since it has looked; the claims of the first are removed.
      writeFileSync(join(folder, '.claim-2'), '{}');
      await link(from, to);
    },
    { times: 1 },
  );
  const owned = await claimRun(folder);
  assert.equal(await owned.standing(), 'ours');
  assert.deepEqual(await claims(folder), ['.claim-3']);
});

test('of many that claim a run at one moment exactly one gets it', async () => {
  const folder = temporaryFolder();
  // What a killed worker has left.
  await writeFile(join(folder, '.claim-1'), JSON.stringify({ owner: { pid: 1, startTime: 'then', hostname: 'x' } }));
  await utimes(join(folder, '.claim-1'), 1, 1);
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () =>
      claimRun(folder).then(
        () => 'mine',
        (error: unknown) => (error instanceof RunTakenError ? 'taken' : String(error)),
      ),
    ),
  );
  assert.deepEqual(answers.sort(), ['mine', ...Array<string>(7).fill('taken')]);
});
