import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { discover } from '../../../src/dataset/discovery';

describe('discovery of datasets and models by name', () => {
  let root: string;
  const touch = (...paths: string[]): void => {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
    }
  };
  const found = async () => {
    const { datasets, models, runRoots } = await discover(root);
    const short = (paths: string[]): string[] => paths.map((path) => relative(root, path)).sort();
    return { datasets: short(datasets), models: short(models), runRoots: short(runRoots) };
  };
  before(() => (root = mkdtempSync(join(tmpdir(), 'facenet-discovery-'))));
  beforeEach(() => {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  test('a folder with folders of images is a dataset, three levels down at most', async () => {
    touch(
      'a/Ada/1.jpg',
      'a/Grace/1.PNG',
      'x/y/z/Ada/1.jpg',
      'x/y/z/Grace/1.jpg',
      'd/e/e/p/Ada/1.jpg',
      'd/e/e/p/Grace/1.jpg',
    );
    assert.deepEqual(
      (await found()).datasets,
      ['a', 'x/y/z'].map((path) => join(path)),
    );
  });

  test('the workspace itself can be one', async () => {
    touch('Ada/1.jpg', 'Grace/1.jpg');
    assert.deepEqual((await found()).datasets, ['']);
  });

  test('one person, folders without images and pictures of a project are none', async () => {
    touch(
      'one/Ada/1.jpg',
      'src/a/1.ts',
      'src/b/1.ts',
      'site/images/logo.png',
      'site/css/a.css',
      'site/js/a.js',
      'site/c/x',
    );
    assert.deepEqual((await found()).datasets, []);
  });

  test('hidden folders and dependencies are not searched', async () => {
    touch('.cache/Ada/1.jpg', '.cache/Grace/1.jpg', 'node_modules/p/Ada/1.jpg', 'node_modules/p/Grace/1.jpg');
    assert.deepEqual((await found()).datasets, []);
  });

  test('folders with a checkpoint or a frozen graph are models, and .facenet marks a place with runs', async () => {
    touch('m/1/model-1.ckpt-275.index', 'm/2/20180402-114759.pb', 'm/3/notes.index', 'demo/.facenet/runs/x/run.json');
    assert.deepEqual(await found(), {
      datasets: [],
      models: ['m/1', 'm/2'].map((path) => join(path)),
      runRoots: ['demo'],
    });
  });

  test('a very large folder ends the walk instead of hanging it', async () => {
    touch(...Array.from({ length: 600 }, (_, index) => `f${index}/file.txt`));
    const began = performance.now();
    await found();
    assert.ok(performance.now() - began < 5000);
  });

  test('a folder that is not there has nothing', async () => {
    const { datasets, models, runRoots } = await discover(join(root, 'gone'));
    assert.deepEqual([datasets, models, runRoots], [[], [], []]);
  });

  test('names the folders in which another dataset may appear: not the people of one, but those of what may become one', async () => {
    touch('a/Ada/1.jpg', 'a/Grace/1.jpg', 'x/y/one/Ada/1.jpg', 'x/y/one/Grace/notes/1.txt');
    const seen = [...(await discover(root)).seen.keys()].map((path) => relative(root, path));
    assert.deepEqual(
      seen.sort(),
      ['', 'x', 'x/y', 'x/y/one', 'x/y/one/Ada', 'x/y/one/Grace'].map((path) => join(path).replace(/^\.$/, '')),
    );
  });
});
