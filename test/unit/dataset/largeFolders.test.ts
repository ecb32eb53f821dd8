import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { abreast } from '../../../src/dataset/abreast';
import { byCodePoint, countImages, listImages } from '../../../src/dataset/scan';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const many = 3000;

before(() => {
  mkdirSync(join(root, 'Ada', 'folder'), { recursive: true });
  writeFileSync(join(root, 'Ada', '.hidden'), '');
  for (let index = 0; index < many; index++) writeFileSync(join(root, 'Ada', `${(index * 7) % many}.jpg`), '');
});

describe('a folder of many images', () => {
  test('it is counted as it is listed', async () => {
    const images = await listImages(root, 'Ada');
    assert.equal(images.length, many);
    assert.equal(await countImages(root, 'Ada'), many);
    assert.deepEqual(
      images.slice(0, 3),
      ['0.jpg', '1.jpg', '10.jpg'].map((name) => join(root, 'Ada', name)),
    );
    await assert.rejects(countImages(root, 'Nobody'), /There is no folder .*Nobody/);
  });

  for (const [name, read] of [
    ['listing', listImages],
    ['counting', countImages],
  ] as const) {
    test(`${name} is given up in the middle of the folder`, async () => {
      const reason = new Error('collapsed');
      await assert.rejects(read(root, 'Ada', AbortSignal.abort(reason)), reason);
      // Asked at every entry: it is aborted long before the last of them.
      const stop = new AbortController();
      let asked = 0;
      const counting = new Proxy(stop.signal, {
        get(signal, key) {
          if (key !== 'throwIfAborted') return Reflect.get(signal, key, signal) as unknown;
          return () => {
            if (++asked === 1000) stop.abort(reason);
            signal.throwIfAborted();
          };
        },
      });
      await assert.rejects(read(root, 'Ada', counting), reason);
      assert.ok(asked < many, `${asked} entries were looked at`);
    });
  }
});

test('names are in the order of their UTF-8 bytes', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom('a', '\ufffd', '\ue000', '😀', 'é'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.equal(Math.sign(byCodePoint(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

describe('abreast', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('results are in order, and no more are at work than said', async () => {
    let atWork = 0;
    let most = 0;
    const results = await abreast([5, 1, 4, 2, 3, 6, 7], 3, async (item, index) => {
      most = Math.max(most, ++atWork);
      for (let turns = 0; turns < item; turns++) await turn();
      atWork--;
      return item * 10 + index;
    });
    assert.deepEqual(results, [50, 11, 42, 23, 34, 65, 76]);
    assert.equal(most, 3);
    assert.deepEqual(await abreast([], 3, () => Promise.resolve(1)), []);
  });

  test('after a failure or a stop nothing more is begun', async () => {
    for (const how of ['failure', 'stop'] as const) {
      const stop = new AbortController();
      let begun = 0;
      const work = async (item: number): Promise<void> => {
        begun++;
        await turn();
        if (item !== 3) return;
        if (how === 'failure') throw new Error(how);
        stop.abort(new Error(how));
      };
      const all = Array.from({ length: 50 }, (_, index) => index);
      await assert.rejects(abreast(all, 2, work, stop.signal), new Error(how));
      await turn();
      await turn();
      assert.ok(begun < 8, `${begun} were begun`);
    }
  });
});
