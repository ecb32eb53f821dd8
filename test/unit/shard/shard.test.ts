import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { isOfShard } from '../../../src/shard/peopleOfShard';
import { isWorthRetrying } from '../../../src/shard/retry';
import { chooseShard } from '../../../src/shard/shard';

const choose = (typed: string | undefined, environment: Record<string, string> = {}) =>
  chooseShard(typed, environment)?.shard;
const slurm = (id: number, first: number, count: number, step = 1) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(first),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_STEP: String(step),
});

test('a part is typed from 1 on, and one part of one is the whole', () => {
  assert.deepEqual(choose('2/8'), { index: 1, count: 8 });
  assert.equal(choose('1/1'), undefined);
  assert.equal(choose(undefined), undefined);
  for (const wrong of ['0/8', '9/8', '2/', '/8', '-1/8', '2/0', 'x', '0', '1.5', '2/8/3', '1/999999'])
    assert.throws(() => choose(wrong), UserError, wrong);
  assert.throws(() => choose('8'), /none of its variables is set/);
});

test("a task of Slurm's array knows its part by itself, whatever the array begins with", () => {
  assert.deepEqual(choose(undefined, slurm(1, 1, 8)), { index: 0, count: 8 });
  assert.deepEqual(choose(undefined, slurm(7, 0, 8)), { index: 7, count: 8 });
  assert.deepEqual(choose(undefined, slurm(14, 10, 3, 2)), { index: 2, count: 3 });
  assert.match(chooseShard(undefined, slurm(2, 1, 8))!.note!, /Part 2\/8: task 2 of Slurm's array/);
  // --array=1,3,7
  assert.throws(() => choose(undefined, slurm(7, 1, 3)), /Task 7 of Slurm's array is no part of 3/);
  // A task that is submitted again alone is its part of the number that was typed.
  assert.deepEqual(choose('8', slurm(3, 3, 1)), { index: 2, count: 8 });
  assert.throws(() => choose('8', slurm(0, 0, 8)), /Task 0 of Slurm's array is no part of 8/);
  // What is typed counts.
  assert.deepEqual(choose('5/6', slurm(1, 1, 8)), { index: 4, count: 6 });
});

test('a pod of an Indexed Job has to be told of how many', () => {
  assert.deepEqual(choose('8', { JOB_COMPLETION_INDEX: '0' }), { index: 0, count: 8 });
  assert.throws(() => choose(undefined, { JOB_COMPLETION_INDEX: '0' }), /does not say how many/);
  assert.throws(() => choose('2', { JOB_COMPLETION_INDEX: '2' }), /has no part of 2/);
  assert.equal(choose('1', { JOB_COMPLETION_INDEX: '4' }), undefined);
});

test('each person is of exactly one part, of about the same size, and stays there', () => {
  const people = Array.from({ length: 4000 }, (_, number) => `person ${number}`);
  const sizes = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const person of people) {
    const parts = sizes.flatMap((_, index) => (isOfShard(person, { index, count: 8 }) ? [index] : []));
    assert.equal(parts.length, 1);
    sizes[parts[0]!]!++;
  }
  assert.ok(Math.min(...sizes) > 420 && Math.max(...sizes) < 580, sizes.join(' '));
  // What other versions of the workbench have divided has to be divided in the same way.
  assert.deepEqual(
    ['Ann', 'Bob', 'Zoë'].map((name) => sizes.findIndex((_, index) => isOfShard(name, { index, count: 8 }))),
    [6, 1, 0],
  );
});

test('a mistake fails again, a full disk may pass, and of a crash nobody knows', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  assert.equal(isWorthRetrying(new UserError('There is no folder x.')), false);
  assert.equal(isWorthRetrying(new UserError('The disk is full.', undefined, { cause: full })), true);
  assert.equal(isWorthRetrying(new UserError('Nested.', undefined, { cause: new Error('x', { cause: full }) })), true);
  assert.equal(isWorthRetrying(new Error('a crash')), true);
});
