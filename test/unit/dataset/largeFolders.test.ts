import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
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
