import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { demoRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { RunWatch } from '../../../src/watch/runWatch';
import { within } from '../../fixtures/deadlines.mjs';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const events = 100_000;
const partEvents = 2500;
/** Every tenth event is a message. */
const line = (number: number): string => {
  const step = {
    ...{ type: 'step', time: 1e12 + number, step: number, epoch: 1, phase: 'classifier', imagesPerSecond: 1 },
    ...{ learningRate: 0.1, loss: 1 / number, crossEntropy: 1, regularization: 0, accuracy: 0 },
  };
  const message = {
    type: 'log',
    time: 1e12 + number,
    level: 'info',
    message: `${'so it goes on '.repeat(10)}${number}`,
  };
  return `${JSON.stringify(number % 10 === 0 ? message : step)}\n`;
};

/** What the process holds, bytes, after what nobody holds has gone. */
async function held(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Follows a run while it writes so many events; gives by how many bytes the process grows over the last three quarters. */
async function growth(isDrawn: boolean): Promise<{ bytes: number; steps: number; messages: number }> {
  const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });
  const run = await createRunFolder(runsDirectory(temporaryFolder()), request, 'long');
  const watch = await RunWatch.open(run.path);
  const use = isDrawn ? watch.useSeries({ appended: () => undefined, restarted: () => undefined }) : undefined;
  try {
    let before = 0;
    for (let written = 0; written < events; written += partEvents) {
      if (written === events / 4) before = await held();
      const part = Array.from({ length: partEvents }, (_, index) => line(written + index + 1));
      appendFileSync(join(run.path, 'metrics.jsonl'), part.join(''));
      await watch.look();
    }
    const { steps, messages } = use?.series ?? { steps: [], messages: [] };
    return { bytes: (await held()) - before, steps: steps.length, messages: messages.length };
  } finally {
    watch.dispose();
  }
}

test(
  'who follows a live run of 100,000 events holds no more at its end than at its beginning',
  { timeout: within(60_000) },
  async () => {
    const { bytes } = await growth(false);
    assert.ok(bytes < 2e6, `${bytes} bytes`);
  },
);

test(
  'who draws it holds the numbers of its steps, and of its messages the last ones',
  { timeout: within(60_000) },
  async () => {
    const { bytes, steps, messages } = await growth(true);
    assert.equal(steps, (9 * events) / 10);
    assert.ok(messages >= 1000 && messages < 2000, `${messages} of ${events / 10} messages`);
    // 76 bytes a step, in tables that double when they are full.
    assert.ok(bytes < 2 * 76 * steps + 2e6, `${bytes} bytes`);
  },
);
