// The thread that watches a job tells where the main thread hangs, whatever that does.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import type { Pulse } from '../../src/worker/pulse';
import { within } from '../fixtures/deadlines.mjs';

const patience = { look: 0.05, first: 0.5, least: 0.5, times: 3, busyTimes: 1, alone: 0.5, killed: 30 };

/** A program whose main thread does `work` and nothing else, and tells its hangs on its output. */
function programOf(work: string): ChildProcessByStdio<null, Readable, null> {
  const source = `
    const { Worker } = require('node:worker_threads');
    const memory = new SharedArrayBuffer(24);
    const [turns, debugged] = [new Int32Array(memory, 12, 1), new Int32Array(memory, 16, 1)];
    setInterval(() => Atomics.add(turns, 0, 1), 20);
    const workerData = { memory, patience: ${JSON.stringify(patience)}, pipe: 1 };
    new Worker(${JSON.stringify(distFile('watchThread.cjs'))}, { workerData })
      .on('online', () => setTimeout(() => { ${work} }, 100));`;
  return spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What is told by a program, one after another. */
async function* pulsesOf(child: ChildProcessByStdio<null, Readable, null>): AsyncGenerator<Pulse> {
  for await (const line of createInterface(child.stdout)) yield JSON.parse(line) as Pulse;
}

/** What is told of the hang of such a program. */
async function hangOf(work: string): Promise<Extract<Pulse, { type: 'hanging' }>> {
  const child = programOf(work);
  try {
    for await (const pulse of pulsesOf(child)) if (pulse.type === 'hanging') return pulse;
  } finally {
    child.kill('SIGKILL');
  }
  throw new Error('it has ended');
}

test('JavaScript that goes round in circles: its stack', { timeout: within(30_000) }, async () => {
  const { stack, cores } = await hangOf('(function circles() { for (;;); })();');
  assert.match(stack.join('\n'), /^The main thread runs JavaScript:\n {4}at circles \(/);
  assert.ok(cores > 0.1, String(cores));
});

test('native code that does not come back is said to be that', { timeout: within(30_000) }, async () => {
  const { stack, cores } = await hangOf(
    "require('node:child_process').spawnSync(process.execPath, ['-e', 'setTimeout(() => undefined, 5000)']);",
  );
  assert.equal(stack[0], 'The main thread is inside native code and does not answer.');
  if (process.platform === 'linux') assert.match(stack.slice(1).join('\n'), /^ {4}thread \d+ node: S/);
  assert.ok(cores < 0.5, String(cores));
});

test('an answer that does not come: what the event loop waits for', { timeout: within(30_000) }, async () => {
  const { stack } = await hangOf("require('node:net').createServer().listen(0, '127.0.0.1');");
  assert.match(stack.join('\n'), /^The main thread waits; its event loop holds .*TCPServerWrap ×1/);
});

test('a thread that rests at a breakpoint does not hang', { timeout: within(30_000) }, async (t) => {
  const child = programOf('debugged[0] = 1; for (;;);');
  t.after(() => child.kill('SIGKILL'));
  let looks = 0;
  for await (const pulse of pulsesOf(child)) {
    assert.equal(pulse.type, 'alive');
    // Far beyond what it would be waited for.
    if (++looks > (4 * patience.first) / patience.look) break;
  }
});

test(
  'a main thread that does not end itself after its keeper has gone is ended',
  { timeout: within(30_000), skip: process.platform === 'win32' && 'there is no SIGKILL on Windows' },
  async (t) => {
    const child = programOf('for (;;);');
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    for await (const { type } of pulsesOf(child)) if (type === 'alive') break;
    child.stdout.destroy();
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  },
);
