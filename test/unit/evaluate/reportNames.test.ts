import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOnLfw, shownImage, shownModel } from '../../../src/evaluate/reportNames';

test('a checkpoint is called by the words of its run, any other model by its name', () => {
  const shown = (name: string): string => shownModel({ name, path: '/models/own' });
  assert.equal(shown('model-20261126-122040-starter-on-my-people.ckpt-684'), 'starter-on-my-people');
  assert.equal(shown('model-20180402-114759.ckpt-275'), '20180402-114759');
  assert.equal(shown('20180402-114759'), '20180402-114759');
  assert.equal(shown('starter'), 'starter');
  assert.equal(shown(''), 'own');
});

test('LFW is what its own list of 6,000 pairs is called, and nothing else', () => {
  const pair = { b: 'x/x_0001.png', same: true, distance: 1, fold: 0 };
  const on = (person: string, used: number, skipped: number): boolean =>
    isOnLfw({
      distances: [{ ...pair, a: `${person}/${person}_0001.png` }],
      pairs: { used, same: used / 2, different: used / 2, skipped: Array.from({ length: skipped }, () => ({ line: '', reason: '' })) },
    });
  assert.equal(on('Abel_Pacheco', 6000, 0), true);
  assert.equal(on('Akhmed_Zakayev', 5990, 10), true);
  assert.equal(on('Aunt_Emma', 6000, 0), false, 'as many pairs of other people');
  assert.equal(on('Abel_Pacheco', 600, 0), false, 'a few people of LFW, paired anew');
});

test('an image of a pair is called by its person, whom LFW’s names hold already', () => {
  assert.equal(shownImage('Ada_Lovelace/Ada_Lovelace_0001.png'), 'Ada_Lovelace_0001');
  assert.equal(shownImage("Zoë_O'Hara/IMG_1307.png"), "Zoë O'Hara · IMG_1307");
  assert.equal(shownImage('王小明\\1.jpg'), '王小明 · 1');
  assert.equal(shownImage('alone.png'), 'alone');
});
