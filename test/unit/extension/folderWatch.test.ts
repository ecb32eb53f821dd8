import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFolder } from '../../../extension/workspace/folderWatch';

/** Far more than the watch is quiet for, and than it waits between two looks. */
const patienceMilliseconds = 20_000;

describe('Watching one folder', () => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'facenet-watch-'));
  const watches: { dispose(): unknown }[] = [];
  let made = 0;

  afterEach(() => watches.splice(0).forEach((watch) => watch.dispose()));
  after(() => rmSync(root, { recursive: true }));

  const newFolder = (): string => join(root, String(made++), 'people', 'Ada');

  function watched(folder: string): { calls: number; next(): Promise<void>; dispose(): unknown } {
    const told = {
      calls: 0,
      async next() {
        const before = told.calls;
        const deadline = Date.now() + patienceMilliseconds;
        while (told.calls === before) {
          assert.ok(Date.now() < deadline, `nothing was told of ${folder}`);
          await sleep(20);
        }
      },
      dispose: () => watch.dispose(),
    };
    const watch = watchFolder(folder, () => told.calls++);
    watches.push(watch);
    return told;
  }

  it('tells of entries that come and go, those that come together once', async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const told = watched(folder);
    for (let index = 0; index < 20; index++) writeFileSync(join(folder, `${index}.png`), 'x');
    await told.next();
    assert.equal(told.calls, 1);
    rmSync(join(folder, '3.png'));
    await told.next();
  });

  it('tells nothing of what is in the files and below its folders', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'inner'), { recursive: true });
    writeFileSync(join(folder, '0.png'), 'x');
    const told = watched(folder);
    writeFileSync(join(folder, '0.png'), 'y');
    writeFileSync(join(folder, 'inner', '0.png'), 'x');
    await sleep(4500);
    assert.equal(told.calls, 0);
  });

  it('tells of a folder that is removed, made again together with its parents, and filled', async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const told = watched(folder);
    rmSync(dirname(dirname(folder)), { recursive: true });
    await told.next();
    mkdirSync(folder, { recursive: true });
    await told.next();
    writeFileSync(join(folder, '0.png'), 'x');
    await told.next();
  });

  it('tells of a folder that was not there at first', async () => {
    const folder = newFolder();
    const told = watched(folder);
    await sleep(200);
    assert.ok(!existsSync(folder));
    mkdirSync(folder, { recursive: true });
    await told.next();
  });

  it('tells nothing once it is disposed, not even what it was about to tell', async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const told = watched(folder);
    await sleep(50);
    writeFileSync(join(folder, '0.png'), 'x');
    await sleep(50);
    told.dispose();
    writeFileSync(join(folder, '1.png'), 'x');
    await sleep(1500);
    assert.equal(told.calls, 0);
  });
});
