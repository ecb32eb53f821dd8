import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCheckpointState } from '../../../src/checkpoint/checkpointState';
import { restorePlan } from '../../../src/checkpoint/restorePlan';

const variable = (name: string, ...shape: number[]): { name: string; shape: number[] } => ({ name, shape });

test('every variable is restored, new, of another shape or unused', () => {
  const file = [variable('a', 2), variable('Logits/weights', 2, 5), variable('Logits/biases', 5), variable('slot', 2)];
  const wanted = [variable('a', 2), variable('b', 1), variable('Logits/weights', 2, 3), variable('Logits/biases', 5)];
  const plan = restorePlan(file, wanted, { exclude: ['Logits'] });
  assert.deepEqual(
    plan.entries.map(({ name, status }) => [name, status]),
    [
      ['a', 'restored'],
      ['b', 'new'],
      ['Logits/weights', 'other-shape'],
      ['Logits/biases', 'new'],
      ['slot', 'unused'],
    ],
  );
  assert.deepEqual(plan.counts, { restored: 1, new: 2, 'other-shape': 1, unused: 1 });
});

test('an excluded scope is a whole name, not its beginning', () => {
  const names = [variable('Logits2/weights', 1), variable('Logits/weights', 1), variable('Logits', 1)];
  const { entries } = restorePlan(names, names, { exclude: ['Logits'] });
  assert.deepEqual(
    entries.map(({ status }) => status),
    ['restored', 'new', 'new'],
  );
});

test('shapes of another rank do not fit, scalars fit scalars', () => {
  const plan = restorePlan([variable('a', 1), variable('b')], [variable('a'), variable('b')]);
  assert.deepEqual(
    plan.entries.map(({ status }) => status),
    ['other-shape', 'restored'],
  );
});

test('a state file is read with its escapes, and what is unknown is skipped', () => {
  const text = [
    'model_checkpoint_path: "C:\\\\models\\\\a \\"b\\"\\303\\244.ckpt-2"',
    'all_model_checkpoint_paths: "x.ckpt-1"',
    '  all_model_checkpoint_paths : "x.ckpt-2"\r',
    'last_preserved_timestamp: 1.5',
    'nonsense',
  ].join('\n');
  assert.deepEqual(parseCheckpointState(text), { latest: 'C:\\models\\a "b"ä.ckpt-2', all: ['x.ckpt-1', 'x.ckpt-2'] });
  assert.deepEqual(parseCheckpointState(''), { latest: undefined, all: [] });
});
