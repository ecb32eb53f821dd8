import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peopleInBrief, peopleInFull } from '../../../src/cli/peopleText';
import { peopleResultSchema } from '../../../src/protocol/peopleResult';
import { peopleResult, worstFirst } from '../../../src/recognize/people';

const labels = ['Ada', 'Grace', 'Katherine', 'Mary'];
/** Ada 3 of 4, Grace none of 3, Katherine both; Mary has no held-out image. */
const shown = [0, 0, 0, 0, 1, 1, 1, 2, 2];
const taken = [0, 0, 3, 0, 2, 0, 2, 2, 2];

test('each image counts for its person, and for whom it was taken', () => {
  const result = peopleResult(labels, shown, taken, 40);
  assert.deepEqual(peopleResultSchema.parse(result), result);
  assert.deepEqual(result, {
    version: 1,
    step: 40,
    images: 9,
    right: 5,
    people: [
      { name: 'Ada', images: 4, right: 3, takenFor: [{ name: 'Mary', images: 1 }] },
      {
        name: 'Grace',
        images: 3,
        right: 0,
        takenFor: [
          { name: 'Katherine', images: 2 },
          { name: 'Ada', images: 1 },
        ],
      },
      { name: 'Katherine', images: 2, right: 2, takenFor: [] },
    ],
  });
});

test('the worst come first; of equal ones those with more images', () => {
  const person = (name: string, images: number, right: number) => ({ name, images, right, takenFor: [] });
  const people = [person('good', 2, 2), person('small', 2, 1), person('large', 8, 4), person('bad', 3, 0)];
  assert.deepEqual(
    worstFirst(people).map(({ name }) => name),
    ['bad', 'large', 'small', 'good'],
  );
});

test('a terminal is told in brief who is mixed up, and in full everybody', () => {
  const result = peopleResult(labels, shown, taken, 40);
  assert.deepEqual(peopleInBrief(result), [
    'Held-out images at step 40: 5 of 9 of 3 people are named right (55.6 %).',
    '  Grace: 0 of 3, taken for Katherine (2), Ada (1)',
    '  Ada: 3 of 4, taken for Mary (1)',
  ]);
  assert.equal(peopleInFull(result).at(-1), '  Katherine: 2 of 2');
  const many = { ...result, people: Array.from({ length: 8 }, () => result.people[1]!) };
  assert.equal(peopleInBrief(many).at(-1), '  3 more: facenet people tells all.');
});
