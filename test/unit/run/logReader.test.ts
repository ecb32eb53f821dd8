import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { RunEvent } from '../../../src/protocol/events';
import { LogReader } from '../../../src/run/logReader';
import { MetricsLog } from '../../../src/run/metricsLog';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

function say(path: string, message: string): void {
  new MetricsLog(path).append({ type: 'log', level: 'info', message });
}

function readerOf(path: string, from: 'beginning' | 'end' = 'beginning'): { reader: LogReader; heard: string[] } {
  const heard: string[] = [];
  const textOf = (event: RunEvent): string => (event.type === 'log' ? event.message : event.type);
  const appended = (events: RunEvent[]): void => void heard.push(...events.map(textOf));
  return { heard, reader: new LogReader(path, from, { appended, restarted: () => heard.push('restarted') }) };
}

test('events come once and in order, over half lines and half characters, also when the log starts later', async () => {
  const path = join(folder, 'growing.jsonl');
  const { reader, heard } = readerOf(path);
  await reader.readOn();
  say(path, 'first');
  await reader.readOn();
  const line = Buffer.from(JSON.stringify({ type: 'log', time: 2, level: 'info', message: 'äöü' }) + '\n');
  appendFileSync(path, line.subarray(0, line.length - 6));
  await reader.readOn();
  assert.deepEqual(heard, ['first']);
  appendFileSync(path, line.subarray(line.length - 6));
  await reader.readOn();
  await reader.readOn();
  assert.deepEqual(heard, ['first', 'äöü']);
});

test('wherever the log is cut between two looks, the same events come', async () => {
  const lines = ['eins', 'zwölf', '三'].map((message) =>
    JSON.stringify({ type: 'log', time: 1, level: 'info', message }),
  );
  const bytes = Buffer.from(`${lines[0]}\n{"torn":\n${lines[1]}\n\n${lines[2]}\n`);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
      const path = join(folder, `cut-${number++}.jsonl`);
      writeFileSync(path, '');
      const { reader, heard } = readerOf(path);
      let from = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
        appendFileSync(path, bytes.subarray(from, cut));
        from = cut;
        await reader.readOn();
      }
      assert.deepEqual(heard, ['eins', 'zwölf', '三']);
    }),
    { numRuns: 50 },
  );
});

test('a line that does not end is passed over, and what is held of it does not grow with it', async () => {
  const path = join(folder, 'endless.jsonl');
  say(path, 'before');
  const { reader, heard } = readerOf(path);
  await reader.readOn();
  const held = await heldBuffers();
  for (let megabytes = 0; megabytes < 96; megabytes += 16) {
    appendFileSync(path, Buffer.alloc(16 << 20, 0x78));
    await reader.readOn();
  }
  const more = (await heldBuffers()) - held;
  assert.ok(more < 32 << 20, `${more} bytes`);
  appendFileSync(path, 'its end\n');
  say(path, 'after');
  await reader.readOn();
  assert.deepEqual(heard, ['before', 'after']);
});

/** Bytes of buffers that are held after what nobody holds has gone. */
async function heldBuffers(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().arrayBuffers;
}

test('a log that is replaced by a shorter one is read from its beginning, and that is told', async () => {
  const path = join(folder, 'replaced.jsonl');
  for (const message of ['one', 'two']) say(path, message);
  appendFileSync(path, '{"half":');
  const { reader, heard } = readerOf(path);
  await reader.readOn();
  writeFileSync(path, '');
  say(path, 'anew');
  await reader.readOn();
  assert.deepEqual(heard, ['one', 'two', 'restarted', 'anew']);
});

test('from the end, only what was said last is read, and then everything', async () => {
  const path = join(folder, 'long.jsonl');
  const { reader, heard } = readerOf(path, 'end');
  await reader.readOn();
  const messages = Array.from({ length: 3000 }, (_, index) => `message ${index}, as long as a step is`);
  const line = (message: string): string => `${JSON.stringify({ type: 'log', time: 1, level: 'info', message })}\n`;
  writeFileSync(path, messages.map(line).join(''));
  await reader.readOn();
  assert.ok(heard.length > 100 && heard.length < 1500, String(heard.length));
  say(path, 'and on');
  await reader.readOn();
  assert.deepEqual(heard, [...messages.slice(1 - heard.length), 'and on']);
});

test('calls that overlap read each event once, and each waits for what was there when it was made', async () => {
  const path = join(folder, 'overlapping.jsonl');
  const { reader, heard } = readerOf(path);
  say(path, 'one');
  const first = reader.readOn();
  const second = reader.readOn();
  say(path, 'two');
  const third = reader.readOn();
  await Promise.all([first, second, third]);
  assert.deepEqual(heard, ['one', 'two']);
});

test('after its disposal nothing is handed over', async () => {
  const path = join(folder, 'left.jsonl');
  say(path, 'one');
  const { reader, heard } = readerOf(path);
  const reading = reader.readOn();
  reader.dispose();
  await reading;
  say(path, 'two');
  await reader.readOn();
  assert.deepEqual(heard, []);
});
