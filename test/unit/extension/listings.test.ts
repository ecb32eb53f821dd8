import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Listings } from '../../../extension/datasets/listings';

/** A reading that ends when it is told to, and rejects when it is given up as real ones do. */
function reading(): {
  read: (signal: AbortSignal) => Promise<string[]>;
  end(rows: string[]): void;
  fail(error: Error): void;
  signal(): AbortSignal;
} {
  let resolve!: (rows: string[]) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string[]>((end, fail) => ([resolve, reject] = [end, fail]));
  let given: AbortSignal | undefined;
  return {
    async read(signal) {
      given = signal;
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      return promise;
    },
    end: (rows) => resolve(rows),
    fail: (error) => reject(error),
    signal: () => given!,
  };
}

describe('Listings', () => {
  test('older questions are given up and answer what the newest does, also where that has ended before they notice', async () => {
    const listings = new Listings<string>();
    const [first, second, third] = [reading(), reading(), reading()];
    // One that does not heed its signal: its rows are old all the same.
    const deaf = listings.of('people', async () => first.read(new AbortController().signal));
    const older = listings.of('people', second.read);
    const newest = listings.of('people', third.read);
    assert.ok(second.signal().aborted);
    third.end(['Ada']);
    assert.deepEqual(await newest, ['Ada']);
    first.end(['nobody']);
    assert.deepEqual(await Promise.all([deaf, older]), [['Ada'], ['Ada']]);
  });

  test('what is collapsed is given up with all below it, answers nothing, and leaves its neighbours alone', async () => {
    const listings = new Listings<string>();
    const [dataset, person, neighbour] = [reading(), reading(), reading()];
    const given = [listings.of('/a', dataset.read), listings.of('/a\nAda', person.read)];
    const other = listings.of('/ab', neighbour.read);
    listings.giveUp('/a');
    assert.deepEqual(await Promise.all(given), [[], []]);
    assert.ok(!neighbour.signal().aborted);
    neighbour.end(['Grace']);
    assert.deepEqual(await other, ['Grace']);
  });

  test('a failure is thrown, and the next question reads again', async () => {
    const listings = new Listings<string>();
    const [broken, whole] = [reading(), reading()];
    const first = listings.of('/a', broken.read);
    broken.fail(new Error('unplugged'));
    await assert.rejects(first, /unplugged/);
    const second = listings.of('/a', whole.read);
    assert.ok(!broken.signal().aborted);
    whole.end(['Ada']);
    assert.deepEqual(await second, ['Ada']);
  });

  test('what has ended is not given up later, and everything else is at the end', async () => {
    const listings = new Listings<string>();
    const [done, open] = [reading(), reading()];
    const first = listings.of('/a', done.read);
    done.end([]);
    await first;
    const second = listings.of('/b', open.read);
    listings.dispose();
    assert.deepEqual(await second, []);
    assert.ok(!done.signal().aborted);
  });
});
