import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownImage, shownModel } from '../../../src/evaluate/reportNames';

test('a checkpoint is called by the words of its run, any other model by its name', () => {
  const shown = (name: string): string => shownModel({ name, path: '/models/own' });
  assert.equal(shown('model-20261126-122040-starter-on-my-people.ckpt-684'), 'starter-on-my-people');
  assert.equal(shown('model-20180402-114759.ckpt-275'), '20180402-114759');
  assert.equal(shown('20180402-114759'), '20180402-114759');
  assert.equal(shown('starter'), 'starter');
  assert.equal(shown(''), 'own');
});

test('an image of a pair is called by its person, whom LFW’s names hold already', () => {
  assert.equal(shownImage('Ada_Lovelace/Ada_Lovelace_0001.png'), 'Ada_Lovelace_0001');
  assert.equal(shownImage("Zoë_O'Hara/IMG_1307.png"), "Zoë O'Hara · IMG_1307");
  assert.equal(shownImage('王小明\\1.jpg'), '王小明 · 1');
  assert.equal(shownImage('alone.png'), 'alone');
});
