import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { type MovedImage, moveBack, moveImages } from '../../../src/dataset/moveImages';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('moving images', () => {
  const root = temporaryFolder();
  const write = (path: string, content = path): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };

  test('gives a number to a name that is taken, and moves everything back', async () => {
    const files = [write('a/Ada/1.png'), write('a/Grace/1.png')];
    const taken = write('out/1.png', 'mine');
    const moved: MovedImage[] = [];
    await moveImages(
      files,
      () => join(root, 'out'),
      (image) => moved.push(image),
    );
    assert.deepEqual(
      moved.map(({ to }) => basename(to)),
      ['1 (2).png', '1 (3).png'],
    );
    assert.equal(readFileSync(taken, 'utf8'), 'mine');
    assert.ok(files.every((file) => !existsSync(file)));
    await moveBack(moved);
    assert.deepEqual(
      files.map((file) => readFileSync(file, 'utf8')),
      ['a/Ada/1.png', 'a/Grace/1.png'],
    );
  });

  test('says what could not be moved, and tells what was', async () => {
    const files = [write('b/Ada/1.png'), join(root, 'b/Ada/gone.png'), write('b/Ada/2.png')];
    const moved: MovedImage[] = [];
    await assert.rejects(
      moveImages(
        files,
        () => join(root, 'b/out'),
        (image) => moved.push(image),
      ),
      /gone\.png could not be moved to .*out /,
    );
    assert.equal(moved.length, 1);
    assert.ok(existsSync(files[2]!));
  });

  test('overwrites nothing on the way back', async () => {
    const file = write('c/Ada/1.png', 'old');
    const moved: MovedImage[] = [];
    await moveImages(
      [file],
      () => join(root, 'c/out'),
      (image) => moved.push(image),
    );
    write('c/Ada/1.png', 'new');
    await assert.rejects(moveBack(moved), /could not be moved back to /);
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.equal(readFileSync(moved[0]!.to, 'utf8'), 'old');
  });
});
