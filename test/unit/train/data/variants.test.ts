import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cachedVariant,
  drawVariant,
  freshVariant,
  planVariants,
  variantCount,
  variantLabel,
} from '../../../../src/train/data/variants';

const augmentation = { randomFlip: true, randomCrop: true, randomRotate: false, cropsPerImage: 4, seed: 7 };
const content = 0x89abcdef;

test('without augmentation there is one look, with it both flips of each crop', () => {
  const none = { randomFlip: false, randomCrop: false, randomRotate: false, cropsPerImage: 4, seed: 7 };
  assert.equal(variantCount(planVariants(none, true)), 1);
  assert.equal(variantCount(planVariants(augmentation, true)), 8);
  assert.equal(variantCount(planVariants(augmentation, false)), 2, 'crops that cannot differ are not computed');
  assert.equal(variantCount(planVariants({ ...augmentation, randomRotate: true }, false)), 8);
});

test('a variant is named by all that it depends on, and the same in every run', () => {
  const plan = planVariants(augmentation, true);
  const all = Array.from({ length: 8 }, (_, index) => cachedVariant(plan, content, index));
  assert.equal(new Set(all.map((_, index) => variantLabel(plan, index))).size, 8);
  assert.deepEqual(cachedVariant(planVariants({ ...augmentation, seed: 8 }, true), content, 3), all[3]);
  assert.deepEqual({ ...all[1]!, flip: false }, all[0]!, 'a flip mirrors the same crop');
  assert.notDeepEqual(all[2]!.crop, all[0]!.crop);
  assert.notDeepEqual(cachedVariant(plan, 0xffffffff, 0).crop, all[0]!.crop);
  const turned = cachedVariant(
    planVariants({ ...augmentation, randomCrop: false, randomRotate: true }, false),
    content,
    0,
  );
  assert.ok(Math.abs(turned.rotation) <= 10 && turned.rotation !== 0);
  assert.equal(turned.crop, 'centre');
});

test('all variants are drawn about equally often, and a position always gets the same', () => {
  const plan = planVariants(augmentation, true);
  const counts = new Array<number>(8).fill(0);
  for (let position = 0; position < 8000; position++) counts[drawVariant(plan, 7, position)]!++;
  for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
  assert.equal(drawVariant(plan, 7, 123), drawVariant(plan, 7, 123));
});

test('images that are not cached have a crop of their own each time', () => {
  const [one, two] = [freshVariant(augmentation, 1), freshVariant(augmentation, 2)];
  assert.notDeepEqual(one.crop, two.crop);
  assert.deepEqual(freshVariant(augmentation, 1), one);
});
