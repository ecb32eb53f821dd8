import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { presentPath, withPresentPaths } from '../../../src/files/movedFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const make = (...names: string[]): string => {
  const path = join(root, ...names);
  mkdirSync(path, { recursive: true });
  return path;
};
/** A workspace that was moved, with people that were moved, and others that were not. */
const move = { from: join(root, 'old', 'workspace'), to: make('new', 'workspace') };
make('new', 'workspace', 'people');
make('new', 'beside');
make('new', 'both');
make('old', 'both');
make('elsewhere');

describe('a path in a folder that was moved', () => {
  for (const [what, from, to] of [
    ['has moved with it', join(move.from, 'people'), join(move.to, 'people')],
    ['is that of now where it is in neither', join(move.from, 'gone'), join(move.to, 'gone')],
    ['leads to the folder itself', move.from, move.to],
    ['beside it has moved the same way', join(root, 'old', 'beside'), join(root, 'new', 'beside')],
    ['beside it stays where it is still there', join(root, 'old', 'both'), join(root, 'old', 'both')],
    ['beside it stays where it is nowhere', join(root, 'old', 'gone'), join(root, 'old', 'gone')],
    ['elsewhere stays', join(root, 'elsewhere'), join(root, 'elsewhere')],
    ['is not one of a folder whose name begins alike', `${move.from}2`, `${move.from}2`],
    ['that is relative stays', join('old', 'workspace'), join('old', 'workspace')],
  ] as const) {
    test(what, () => assert.equal(presentPath(from, move), to));
  }

  test('stays where it was left behind', () => {
    const left = make('old', 'workspace', 'left');
    assert.equal(presentPath(left, move), left);
    const both = make('old', 'workspace', 'people');
    assert.equal(presentPath(both, move), join(move.to, 'people'), 'of a copy, its own');
  });

  test('may be that of a checkpoint, which is no file', () => {
    make('old', 'workspace', 'models');
    const prefix = join(make('new', 'workspace', 'models'), 'model.ckpt-3');
    writeFileSync(`${prefix}.index`, '');
    writeFileSync(join(move.from, 'models', 'model.ckpt-3.index'), '');
    assert.equal(presentPath(join(move.from, 'models', 'model.ckpt-3'), move), prefix);
  });

  test('is found in all that a record holds', () => {
    const record = {
      name: 'x',
      list: [join(move.from, 'people'), 3, null],
      inner: { path: join(move.from, 'people') },
    };
    const people = join(move.to, 'people');
    assert.deepEqual(withPresentPaths(record, move), { name: 'x', list: [people, 3, null], inner: { path: people } });
  });
});
