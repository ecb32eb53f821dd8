import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Samples } from '../../../src/dataset/samples';
import { sampleForCheck } from '../../../src/recognize/checkEmbeddings';

const samplesOf = (...images: number[]): Samples =>
  new Samples(images.map((count, person) => ({ images: Array.from({ length: count }, (_, i) => `${person}/${i}`) })));

test('a self-check looks at all of few images, and of many at some of as many people as there are', () => {
  assert.deepEqual(sampleForCheck(samplesOf(2, 0, 3), 1), [0, 1, 2, 3, 4]);
  const peopleOf = (samples: Samples, seed: number): Set<number> => {
    const chosen = sampleForCheck(samples, seed);
    assert.equal(new Set(chosen).size, 48);
    assert.ok(chosen.every((index) => index >= 0 && index < samples.length));
    return new Set(chosen.map((index) => samples.label(index)));
  };
  const many = samplesOf(...Array<number>(5000).fill(20));
  assert.equal(peopleOf(many, 666).size, 48);
  assert.deepEqual(sampleForCheck(many, 666), sampleForCheck(many, 666));
  assert.notDeepEqual(sampleForCheck(many, 666), sampleForCheck(many, 667));
  assert.equal(peopleOf(samplesOf(400, 400, 400), 666).size, 3);
  assert.ok(peopleOf(samplesOf(100_000, 1, 1), 666).size >= 1, 'one of whom there are next to all');
});
