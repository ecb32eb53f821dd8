import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AlignPool } from '../../../src/align/pool/workerPool';
import { UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const setup = {
  detector: { name: 'starter' },
  settings: { alignment: 'box', imageSize: 160, margin: 32, detectMultipleFaces: false, upright: false },
} as const;

/** A worker thread's script: `body` sees `port` and answers with `send`. */
function script(name: string, body: string): string {
  const path = join(folder, `${name}.cjs`);
  const start = "const { parentPort: port } = require('node:worker_threads'); const send = (m) => port.postMessage(m);";
  writeFileSync(path, `${start}\n${body}`);
  return path;
}

async function runAll(pool: AlignPool, sources: readonly string[]): Promise<string[]> {
  const outcomes: Promise<string>[] = [];
  for (const [id, source] of sources.entries()) {
    await pool.ready();
    outcomes.push(pool.run({ id, source, targetStem: source }).then((outcome) => outcome.kind));
  }
  return Promise.all(outcomes);
}

test('a photograph that kills its worker is unreadable, and the run goes on with a new one', async () => {
  const file = script(
    'dies',
    `port.on('message', ({ id, source }) => {
      if (source === 'deadly') process.exit(9);
      setTimeout(() => send({ type: 'outcome', id, outcome: { kind: 'noFace' } }), 20);
    }); send({ type: 'ready' });`,
  );
  const pool = await AlignPool.open(setup, 1, file);
  const before = await runAll(pool, ['a', 'b', 'c', 'd']);
  assert.deepEqual(before, ['noFace', 'noFace', 'noFace', 'noFace']);
  assert.deepEqual(await runAll(pool, ['deadly']), ['unreadable']);
  assert.deepEqual(await runAll(pool, ['e', 'f', 'g', 'h', 'i']), Array<string>(5).fill('noFace'));
  await pool.close();
});

test('a detector that does not open is the error of the run', async () => {
  const file = script('fails', "send({ type: 'failed', message: 'No weights.', action: 'Get them.' });");
  await assert.rejects(AlignPool.open(setup, 2, file), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.sentence, 'No weights. Get them.');
    return true;
  });
});

test('a worker that can never start again ends the run instead of hanging it', async () => {
  const file = script(
    'once',
    `const fs = require('node:fs'); const mark = __filename + '.mark';
    if (fs.existsSync(mark)) throw new Error('cannot start');
    fs.writeFileSync(mark, ''); port.on('message', () => process.exit(9)); send({ type: 'ready' });`,
  );
  const pool = await AlignPool.open(setup, 1, file);
  assert.deepEqual(await runAll(pool, ['a']), ['unreadable']);
  await assert.rejects(runAll(pool, ['b', 'c']), /cannot start/);
  await pool.close();
});

test('no worker gets more than three photographs at once', async () => {
  const file = script(
    'counts',
    `let open = 0; port.on('message', ({ id }) => { open++; setTimeout(() => {
      send({ type: 'outcome', id, outcome: { kind: open > 3 ? 'unreadable' : 'noFace', message: '' } }); open--; }, 5); });
    send({ type: 'ready' });`,
  );
  const pool = await AlignPool.open(setup, 2, file);
  assert.deepEqual(await runAll(pool, Array<string>(30).fill('x')), Array<string>(30).fill('noFace'));
  await pool.close();
});
