import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskAwayError } from '../../../src/files/patience';
import { receivedError, sentError } from '../../../src/threads/sentError';
import { DivergedError, StoppedError, UserError } from '../../../src/protocol/errors';

/** As it comes out of another thread. */
const received = (thrown: unknown): Error => receivedError(structuredClone(sentError(thrown)));

test('an error of another thread is of its class, with its words and where it was thrown', () => {
  const system = Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5, path: '/runs/1' });
  for (const [error, more] of [
    [new UserError('The folder is empty.', 'Choose another.'), UserError],
    [new DivergedError('It diverged.', 'Lower the rate.', 12), UserError],
    [new StoppedError(), StoppedError],
    [new DiskAwayError('/runs/1', system, 3000), UserError],
    [system, Error],
    [new TypeError('x is no function'), Error],
  ] as const) {
    const other = received(error);
    assert.ok(other instanceof more);
    const { message, stack } = error;
    assert.deepEqual({ ...other, message: other.message, stack: other.stack }, { ...error, message, stack });
  }
  const diverged = received(new DivergedError('It diverged.', 'Lower the rate.', 12));
  assert.ok(diverged instanceof DivergedError && diverged.step === 12);
  assert.equal(diverged.sentence, 'It diverged. Lower the rate.');
});

test('what caused it comes along, of its class as well', () => {
  const away = new DiskAwayError('/runs/1', Object.assign(new Error('gone'), { code: 'ENODEV' }), 3000);
  const { cause } = received(new UserError('The checkpoint was not written.', undefined, { cause: away }));
  assert.ok(cause instanceof DiskAwayError);
  assert.equal((cause.cause as NodeJS.ErrnoException).code, 'ENODEV');
});

test('what is no error becomes one', () => assert.equal(received('a word').message, 'a word'));
