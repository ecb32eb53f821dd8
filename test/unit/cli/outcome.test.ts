import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../../src/cli/outcome';
import { ParserExit } from '../../../src/cli/parser';
import { StoppedError, UserError } from '../../../src/protocol/errors';

test("a user's mistake is one sentence and exit code 1", () => {
  assert.deepEqual(outcomeOf(new UserError('data/ holds no images.', 'Choose another folder.'), false), {
    code: 1,
    lines: ['facenet: data/ holds no images. Choose another folder.'],
  });
});

test('anything else is one line, however long the library talks, and says how to see the stack', () => {
  assert.deepEqual(outcomeOf(new TypeError('bad tensor\n  at op\n  at graph'), false), {
    code: 1,
    lines: ['facenet: bad tensor at op at graph (set FACENET_DEBUG=1 for the stack)'],
  });
  assert.deepEqual(outcomeOf('a thrown string', false).lines, [
    'facenet: a thrown string (set FACENET_DEBUG=1 for the stack)',
  ]);
});

test('with FACENET_DEBUG the stack is shown', () => {
  const { lines } = outcomeOf(new UserError('x', undefined, { cause: new RangeError('y') }), true);
  assert.match(lines.slice(1).join('\n'), /^UserError: x\n\s+at [\s\S]*cause.*RangeError: y\n\s+at /);
});

test('stopped is 130, argparse has the last word about usage', () => {
  assert.deepEqual(outcomeOf(new StoppedError('Stopped.'), false), { code: 130, lines: ['Stopped.'] });
  assert.deepEqual(outcomeOf(new ParserExit(2), false), { code: 2, lines: [] });
});

test('what a command cannot write is one sentence that names the file', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    path: '/out/model.pb',
  });
  assert.deepEqual(outcomeOf(full, false).lines, [
    'facenet: The disk is full: /out/model.pb could not be written. Free some space, then start or resume the job.',
  ]);
});
