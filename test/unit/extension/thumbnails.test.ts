import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { escapeMarkdown, hoverText } from '../../../extension/pictures/hoverText';
import { NewestWins } from '../../../extension/pictures/newestWins';
import { type ThumbnailMaker, type ThumbnailWords, Thumbnails } from '../../../extension/pictures/thumbnails';
import { parseThumbnailLine } from '../../../src/protocol/thumbnail';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const running = (): AbortSignal => new AbortController().signal;

const words: ThumbnailWords = {
  gone: (path) => `gone: ${path}`,
  noFile: (path) => `no file: ${path}`,
  notMade: (path) => `not made: ${path}`,
};

function file(name: string, content = 'x'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A maker that notes what it is asked, and answers with the asked path. */
function noting(): { asked: string[][]; make: ThumbnailMaker } {
  const asked: string[][] = [];
  const make: ThumbnailMaker = async (paths, onMade) => {
    asked.push([...paths]);
    for (const path of paths) onMade({ path, data: `data:image/jpeg;base64,${'A'.repeat(100)}` });
  };
  return { asked, make };
}

describe('Thumbnails', () => {
  test('a picture is made once while its file is as it was', async () => {
    const { asked, make } = noting();
    const thumbnails = new Thumbnails(make, words);
    const path = file('once.jpg');
    await thumbnails.of(path);
    assert.ok('data' in (await thumbnails.of(path)));
    assert.equal(asked.length, 1);
    utimesSync(path, 1, 1);
    await thumbnails.of(path);
    assert.equal(asked.length, 2);
    writeFileSync(path, 'longer');
    utimesSync(path, 1, 1);
    await thumbnails.of(path);
    assert.equal(asked.length, 3);
  });

  test('the one that was used last is kept longest', async () => {
    const { asked, make } = noting();
    // Two of 123 characters fit, three do not.
    const thumbnails = new Thumbnails(make, words, 300);
    const [a, b, c] = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => file(name)) as [string, string, string];
    for (const path of [a, b, a, c]) await thumbnails.of(path);
    assert.deepEqual(asked.flat(), [a, b, c]);
    await thumbnails.of(a);
    assert.equal(asked.length, 3);
    await thumbnails.of(b);
    assert.deepEqual(asked.at(-1), [b]);
  });

  test('several: each path is told once, kept ones without being made, in batches', async () => {
    const { asked, make } = noting();
    const thumbnails = new Thumbnails(make, words);
    const paths = Array.from({ length: 60 }, (_, index) => file(`s${index}.jpg`));
    await thumbnails.of(paths[7]!);
    const told: string[] = [];
    await thumbnails.several([...paths, paths[3]!], (path) => told.push(path), running());
    assert.deepEqual([...told].sort(), [...paths].sort());
    assert.equal(told[0], paths[7]);
    assert.ok(asked.slice(1).length >= 3 && asked.every((batch) => batch.length <= 24));
  });

  test('a file that is gone, a folder and a picture that the maker forgets are problems, not failures', async () => {
    const thumbnails = new Thumbnails(() => Promise.resolve(), words);
    assert.match(JSON.stringify(await thumbnails.of(join(folder, 'gone.jpg'))), /gone: .*gone\.jpg/);
    assert.match(JSON.stringify(await thumbnails.of(folder)), /no file: /);
    assert.match(JSON.stringify(await thumbnails.of(file('forgotten.jpg'))), /not made: /);
  });

  test('a maker that fails is heard, and asked again the next time', async () => {
    let calls = 0;
    const thumbnails = new Thumbnails(async (paths, onMade) => {
      if (++calls === 1) throw new Error('no Node');
      onMade({ path: paths[0]!, problem: 'Broken.' });
      return Promise.resolve();
    }, words);
    const path = file('late.jpg');
    await assert.rejects(thumbnails.of(path), /no Node/);
    assert.deepEqual(await thumbnails.of(path), { problem: 'Broken.' });
  });

  test('what is aborted tells nothing more and makes nothing more', async () => {
    const stop = new AbortController();
    const asked: number[] = [];
    const thumbnails = new Thumbnails(async (paths, onMade) => {
      asked.push(paths.length);
      onMade({ path: paths[0]!, problem: 'first' });
      stop.abort(new Error('scrolled'));
      onMade({ path: paths[1]!, problem: 'second' });
      return Promise.resolve();
    }, words);
    const paths = Array.from({ length: 50 }, (_, index) => file(`t${index}.jpg`));
    const told: string[] = [];
    await assert.rejects(
      thumbnails.several(paths, (path) => told.push(path), stop.signal),
      /scrolled/,
    );
    assert.deepEqual([told, asked], [[paths[0]], [24]]);
  });
});

describe('NewestWins', () => {
  const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

  test('of many questions at once only the newest is worked on to its end, one at a time', async () => {
    const newest = new NewestWins();
    let atWork = 0;
    const begun: number[] = [];
    const ask = async (index: number): Promise<number | undefined> =>
      newest.run(async (signal) => {
        begun.push(index);
        assert.equal(++atWork, 1);
        for (let turn = 0; turn < 10 && !signal.aborted; turn++) await pause(2);
        atWork--;
        signal.throwIfAborted();
        return index;
      });
    const first = ask(0);
    await pause(4);
    const rest = [1, 2, 3, 4].map(ask);
    assert.deepEqual(await Promise.all([first, ...rest]), [undefined, undefined, undefined, undefined, 4]);
    assert.deepEqual(begun, [0, 4]);
  });

  test('a failure of the newest is thrown and does not hold up the next', async () => {
    const newest = new NewestWins();
    await assert.rejects(
      newest.run(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await newest.run(() => Promise.resolve(1)), 1);
  });

  test('what was given up from outside does not begin', async () => {
    let begun = false;
    const answer = await new NewestWins().run(() => Promise.resolve((begun = true)), AbortSignal.abort());
    assert.deepEqual([answer, begun], [undefined, false]);
  });
});

describe('the hover of an image', () => {
  const about = { path: '/data/A_B/x.jpg', place: 'A_B/x.jpg', problems: [] };

  test('nothing of a name is markdown, whatever it holds', () => {
    const marks = fc.string({ unit: fc.constantFrom(...'[]()<>!*_`~#|&:/\\ \n.a@é-'), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), marks), (name) => {
        const escaped = escapeMarkdown(name);
        assert.doesNotMatch(escaped.replace(/\\[!-/:-@[-`{-~]/g, ''), /[!-/:-@[-`{-~\n]/);
        assert.equal(escaped.replace(/\\(.)/g, '$1'), name.replace(/\s+/g, ' '));
      }),
    );
  });

  test('it is the picture and the place, or why there is none', () => {
    const data = 'data:image/jpeg;base64,AAAA';
    assert.equal(hoverText({ ...about, thumbnail: { data } }), `![x\\.jpg](${data}|width=160)\n\nA\\_B\\/x\\.jpg`);
    assert.match(hoverText({ ...about, thumbnail: { problem: 'It is empty.' } }), /^A.*\n\nIt is empty\\\.$/);
    assert.equal(hoverText({ ...about, thumbnail: undefined }), 'A\\_B\\/x\\.jpg');
  });

  test('a problem that a check has found is not said twice', () => {
    const text = hoverText({ ...about, thumbnail: { problem: 'Empty, too.' }, problems: ['It is empty.'] });
    assert.match(text, /It is empty/);
    assert.doesNotMatch(text, /too/);
  });
});

test('a line of facenet thumbnail is read strictly, and no text throws', () => {
  const data = 'data:image/jpeg;base64,AAAA';
  assert.deepEqual(parseThumbnailLine(JSON.stringify({ path: 'a', data })), { path: 'a', data });
  for (const wrong of [{ path: 'a' }, { data }, { path: 'a', data: 'https://example.org/x.jpg' }, { path: 1, data }]) {
    assert.equal(parseThumbnailLine(JSON.stringify(wrong)), undefined);
  }
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `{${text}`),
      ),
      (text) => {
        const line = parseThumbnailLine(text);
        assert.ok(line === undefined || typeof line.path === 'string');
      },
    ),
  );
});
