import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOutput, formatDuration, formatProgress, showEvent } from '../../../src/cli/terminal';

function recorder(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) > 0 };
}

describe('terminal output', () => {
  test('a terminal redraws the progress line and keeps it off the other lines', () => {
    const stdout = recorder(true);
    const stderr = recorder(true);
    let now = 0;
    const output = createOutput(stdout, stderr, () => now);
    output.progress('1/3');
    now = 50;
    output.progress('2/3');
    output.line('Saved model-1.ckpt-10');
    output.endProgress();
    assert.deepEqual(stdout.written, ['Saved model-1.ckpt-10\n']);
    // Drawn, erased for the line, drawn again with the latest text, erased at the end.
    assert.deepEqual(stderr.written, ['\r\x1b[K1/3', '\r\x1b[K', '\r\x1b[K2/3', '\r\x1b[K']);
  });

  test('a pipe gets plain lines, one in five seconds', () => {
    const stderr = recorder(false);
    let now = 0;
    const output = createOutput(recorder(false), stderr, () => now);
    for (; now <= 12_000; now += 100) output.progress(`at ${now}`);
    output.endProgress();
    assert.deepEqual(stderr.written, ['at 0\n', 'at 5000\n', 'at 10000\n']);
  });

  test('a line longer than the terminal is cut, so that it is erased whole', () => {
    const stderr = recorder(true, 20);
    createOutput(recorder(true), stderr).progress('x'.repeat(50));
    assert.equal(stderr.written[0], `\r\x1b[K${'x'.repeat(18)}…`);
  });

  test('durations and progress read as a person says them', () => {
    assert.equal(formatDuration(8.4), '8 s');
    assert.equal(formatDuration(200), '3 min 20 s');
    assert.equal(formatDuration(3725), '1 h 02 min');
    assert.equal(
      formatProgress({
        type: 'progress',
        activity: 'Aligning',
        done: 120,
        total: 3321,
        unit: 'images',
        perSecond: 34.12,
        etaSeconds: 94,
      }),
      'Aligning 120/3321 images (3 %), 34.1/s, 1 min 34 s left',
    );
    assert.equal(
      formatProgress({ type: 'progress', activity: 'Reading', done: 7, total: 0, unit: 'files' }),
      'Reading 7 files',
    );
  });

  test('what stays true is a line on stdout, a warning goes to stderr, a diverged loss is named', () => {
    const stdout = recorder(false);
    const stderr = recorder(false);
    const output = createOutput(stdout, stderr);
    showEvent(output, { type: 'checkpoint', step: 10, prefix: 'model-a.ckpt-10', best: true });
    showEvent(output, { type: 'log', level: 'warning', message: 'two people have one image' });
    showEvent(output, { type: 'recovery', cause: 'hang', step: 9, message: 'Step 9 hung; the run goes on from 5.' });
    showEvent(output, { type: 'alarm', what: 'stuck', step: 9, message: 'Nothing is learned.' });
    const step = { step: 10, epoch: 1, phase: 'all', loss: null, crossEntropy: null, regularization: 0, accuracy: 0.5 };
    showEvent(output, { type: 'step', ...step, learningRate: 0.1, imagesPerSecond: 12.34 });
    assert.deepEqual(stdout.written, ['Saved model-a.ckpt-10 (best so far)\n']);
    assert.deepEqual(stderr.written, [
      'Warning: two people have one image\n',
      'Warning: Step 9 hung; the run goes on from 5.\n',
      'Warning: Nothing is learned.\n',
      'Step 10, epoch 1 (all): loss not a number, accuracy 50.0 %, 12.3 images/s\n',
    ]);
  });
});
