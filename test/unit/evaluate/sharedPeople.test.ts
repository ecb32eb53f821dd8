import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '../../../src/demo/seededRandom';
import { pairedInterval } from '../../../src/evaluate/pairedInterval';
import { type PairOfPeople, wideningBySharedPeople } from '../../../src/evaluate/sharedPeople';

/** Pairs as the workbench draws them, half of one person each, on which models differ by the person. */
function draw(random: SeededRandom, people: number, pairs: number, byPerson: boolean): PairOfPeople[] {
  const someone = (): number => Math.floor(random.uniform(0, people));
  const chance = (): number => (byPerson ? (random.uniform(0, 1) < 0.15 ? 0.2 : 0) : 0.03);
  const fixing = Array.from({ length: people }, chance);
  const breaking = Array.from({ length: people }, chance);
  return Array.from({ length: pairs }, (_, index) => {
    const a = someone();
    const b = index % 2 === 0 ? a : (a + 1 + Math.floor(random.uniform(0, people - 1))) % people;
    const drawn = random.uniform(0, 1);
    const [fixed, broken] = [(fixing[a]! + fixing[b]!) / 2, (breaking[a]! + breaking[b]!) / 2];
    const value = drawn < fixed ? 1 : drawn < fixed + broken ? -1 : 0;
    return { a: `person ${a}`, b: `person ${b}`, value };
  });
}

/** How often an interval does not hold 0, although training helps and harms equally often. */
function mistakes(people: number, pairs: number, byPerson: boolean, isWidened: boolean): number {
  const random = new SeededRandom(10, 'people');
  const samples = 1000;
  let wrong = 0;
  for (let sample = 0; sample < samples; sample++) {
    const drawn = draw(random, people, pairs, byPerson);
    const count = (wanted: number): number => drawn.filter(({ value }) => value === wanted).length;
    const widening = isWidened ? wideningBySharedPeople(drawn) : 1;
    const [low, high] = pairedInterval(count(1), count(-1), pairs, widening);
    if (low > 0 || high < 0) wrong++;
  }
  return wrong / samples;
}

describe('pairs that share people', () => {
  test('are counted by the products of those that share somebody, each once', () => {
    const value = (a: string, b: string, given: number): PairOfPeople => ({ a, b, value: given });
    const pairs = [
      value('a', 'a', 1),
      value('a', 'b', 1),
      value('b', 'a', 1),
      value('c', 'd', 0),
      value('e', 'e', 0),
      value('f', 'e', -1),
      value('g', 'h', 0),
    ];
    // The sum is taken here as it is written: over all pairs of pairs.
    const mean = pairs.reduce((sum, pair) => sum + pair.value, 0) / pairs.length;
    let [together, alone] = [0, 0];
    for (const [i, one] of pairs.entries()) {
      for (const [j, other] of pairs.entries()) {
        const product = (one.value - mean) * (other.value - mean);
        if ([one.a, one.b].some((person) => person === other.a || person === other.b)) together += product;
        if (i === j) alone += product;
      }
    }
    // Eight people; Student's quantile for seven degrees of freedom is 2.364624.
    const expected = (2.364624 / 1.959964) * Math.sqrt(((together / alone) * 8) / 7);
    assert.ok(expected > 1.5, String(expected));
    assert.ok(Math.abs(wideningBySharedPeople(pairs) - expected) < 1e-4);
  });

  test('never make an interval narrower, and of one person or of none that changed leave it as it is', () => {
    const canceling = [1, -1, 1, -1].map((given) => ({ a: 'a', b: 'a', value: given }));
    assert.equal(wideningBySharedPeople(canceling), 1);
    assert.equal(wideningBySharedPeople([...canceling, { a: 'b', b: 'c', value: 0 }]), 1);
    assert.equal(wideningBySharedPeople([{ a: 'a', b: 'b', value: 0 }]), 1);
    assert.equal(wideningBySharedPeople([]), 1);
  });

  test('of a person alone who has gained are no gain of all', () => {
    const pairs = Array.from({ length: 200 }, (_, index): PairOfPeople => {
      const [a, b] = [`person ${index % 8}`, `person ${(index % 8) + (index % 2)}`];
      return { a, b, value: index % 8 === 0 ? 1 : 0 };
    });
    assert.ok(pairedInterval(25, 0, 200)[0] > 0);
    assert.ok(pairedInterval(25, 0, 200, wideningBySharedPeople(pairs))[0] < 0);
  });

  for (const [people, pairs] of [
    [8, 200],
    [24, 600],
  ] as const) {
    test(`of ${people} people mislead at most 5 times in 100, where independent ones would three times as often`, () => {
      const [plain, widened] = [mistakes(people, pairs, true, false), mistakes(people, pairs, true, true)];
      assert.ok(plain > 0.15, `${plain} without it`);
      // Two standard errors of the share are 1.4 points.
      assert.ok(widened < 0.064, `${widened} with it`);
    });
  }

  test('of many people that do not move together cost next to nothing', () => {
    const random = new SeededRandom(11, 'many people');
    const widenings = Array.from({ length: 200 }, () => wideningBySharedPeople(draw(random, 500, 1000, false)));
    const mean = widenings.reduce((sum, widening) => sum + widening, 0) / widenings.length;
    assert.ok(mean < 1.05, String(mean));
  });
});
