import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunEvent } from '../../../src/protocol/events';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import { MetricsLog, parseEvents, readEvents } from '../../../src/run/metricsLog';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const message = (text: string): ReportedEvent => ({ type: 'log', level: 'info', message: text });
const textOf = (event: RunEvent): string => (event.type === 'log' ? event.message : event.type);

test('events come back in order; a diverged loss is null, not a torn line', async () => {
  const path = join(folder, 'diverged.jsonl');
  const step = {
    type: 'step' as const,
    step: 1,
    epoch: 1,
    phase: 'head',
    loss: NaN,
    crossEntropy: Infinity,
    regularization: 0,
    accuracy: 0.5,
    learningRate: 0.1,
    imagesPerSecond: 9,
  };
  const written = new MetricsLog(path).append(step);
  new MetricsLog(path).append(message('ä\n"'));
  const events = await readEvents(path);
  assert.deepEqual(events[0], written);
  assert.ok(written.type === 'step' && written.loss === null && written.crossEntropy === null);
  assert.equal(textOf(events[1]!), 'ä\n"');
});

test('a line torn by a kill costs only itself', async () => {
  const path = join(folder, 'torn.jsonl');
  for (const text of ['one', 'two', 'three']) new MetricsLog(path).append(message(text));
  const { length } = await readFile(path);
  await truncate(path, length - 7);
  new MetricsLog(path).append(message('four'));
  assert.deepEqual((await readEvents(path)).map(textOf), ['one', 'two', 'four']);
});

test('whatever stands in a log, reading it does not fail', () => {
  const lines = fc.array(
    fc.oneof(fc.string(), fc.json(), fc.constant('{"type":"log","time":1,"level":"info","message":"m"}')),
  );
  fc.assert(
    fc.property(lines, (parts) => {
      for (const event of parseEvents(parts.join('\n'))) assert.equal(typeof event.time, 'number');
    }),
  );
});
