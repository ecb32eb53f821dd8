// The thread that watches a job tells where the main thread hangs, whatever that does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import type { Pulse } from '../../src/worker/pulse';
import { within } from '../fixtures/deadlines.mjs';

const patience = { look: 0.05, first: 0.5, least: 0.5, times: 3, busyTimes: 1 };

/** A program whose main thread does `work` and nothing else; resolves to what is told of its hang. */
async function hangOf(work: string): Promise<Extract<Pulse, { type: 'hanging' }>> {
  const source = `
    const { Worker } = require('node:worker_threads');
    const memory = new SharedArrayBuffer(20);
    const turns = new Int32Array(memory, 12, 1);
    setInterval(() => Atomics.add(turns, 0, 1), 20);
    const workerData = { memory, patience: ${JSON.stringify(patience)}, pipe: 1 };
    new Worker(${JSON.stringify(distFile('watchThread.cjs'))}, { workerData })
      .on('online', () => setTimeout(() => { ${work} }, 100));`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    return await new Promise((resolve) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (const line of text.split('\n').slice(0, -1)) {
          const pulse = JSON.parse(line) as Pulse;
          if (pulse.type === 'hanging') resolve(pulse);
        }
      });
    });
  } finally {
    child.kill('SIGKILL');
  }
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
