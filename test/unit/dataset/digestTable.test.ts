import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestWords, tableOf } from '../../../src/dataset/digestTable';
import { within } from '../../fixtures/deadlines.mjs';

const rows = 200_000;

for (const [what, wordsOf] of Object.entries({
  'that begin alike': (row: number) => [7, row, 7, 7],
  'that end alike': (row: number) => [row << 16, 0, 0, (row >>> 16) << 24],
  'that count up': (row: number) => [row, row, row, row],
}))
  test(`digests ${what} are found as fast as others`, { timeout: within(10_000) }, () => {
    const words = new Uint32Array(rows * digestWords);
    for (let row = 0; row < rows; row++) words.set(wordsOf(row), row * digestWords);
    const started = process.cpuUsage();
    const table = tableOf(words);
    for (let row = 0; row < rows; row += 1000) assert.equal(table.find(words, row * digestWords), row);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 2e6, `${user / 1e6} s for ${rows} digests`);
  });
