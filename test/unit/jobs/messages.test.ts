// What a person is told in the Messages of the Run tab, and what a terminal has in addition.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createOutput, showEvent } from '../../../src/cli/terminal';
import { runJob } from '../../../src/jobs/runJob';
import type { RunEvent } from '../../../src/protocol/events';
import { validateRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { within } from '../../fixtures/deadlines.mjs';
import { newTraining, smallTraining, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { seriesOf } from '../../fixtures/webview/snapshots';

/** Lines by which the scripts of others follow a training or an evaluation. */
const scriptLines = {
  train: [
    /^Model directory: /,
    /^Log directory: /,
    /^Pre-trained model: /,
    /^LFW directory: /,
    /^Number of classes in training set: 2$/,
    /^Number of examples in training set: /,
    /^Number of classes in validation set: /,
    /^Building training graph$/,
    /^Running training$/,
    /^Epoch: \[1\]\[3\/3\]\t/,
    /^Runnning forward pass on LFW images$/,
    /^Accuracy: \d\.\d{5}\+-/,
    /^Saving variables$/,
  ],
  validate: [/^Runnning forward pass on LFW images$/, /^Accuracy: \d\.\d{5}\+-/, /^Area Under Curve \(AUC\): /],
};

function printed(events: readonly RunEvent[]): string[] {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(...text.split('\n')) > 0 };
  const output = createOutput(stream, stream);
  for (const event of events) showEvent(output, event);
  return lines;
}

describe('the messages of a run', { timeout: within(60_000) }, () => {
  const workspace = temporaryFolder();

  test('hold what a person must know, and a terminal the lines of the scripts as well', async () => {
    await writeSmallDataset(workspace);
    const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
    const training = await newTraining(workspace, smallTraining(workspace, { phases, randomCrop: true } as object));
    assert.equal(await train(training.path), undefined);
    const lfw = { dir: join(workspace, 'faces'), pairs: join(workspace, 'pairs.txt'), folds: 2 };
    const request = validateRequestSchema.parse({ kind: 'validate', model: 'starter', lfw });
    const validation = await createRunFolder(runsDirectory(workspace), request, 'validation');
    await runJob(request, validation, { signal: new AbortController().signal });

    for (const [run, lines] of [
      [training, scriptLines.train],
      [validation, scriptLines.validate],
    ] as const) {
      const events = await run.readEvents();
      const terminal = printed(events);
      const messages = seriesOf(events).messages.map(({ message }) => message);
      for (const line of lines) {
        assert.ok(
          terminal.some((text) => line.test(text)),
          `${line.source} in a terminal: ${terminal.join('\n')}`,
        );
        assert.ok(!messages.some((text) => line.test(text)), `${line.source} among the messages`);
      }
    }
    const told = seriesOf(await training.readEvents()).messages;
    assert.ok(told.some(({ message }) => message.startsWith('Random crops have no effect')));
    assert.ok(told.some(({ message }) => message.startsWith('Training engine: ')));
  });
});
