import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPortrait } from '../../../src/demo/drawing/portrait';
import { developPhotograph } from '../../../src/demo/develop';
import { nameOf } from '../../../src/demo/names';
import { drawPerson, hairStyles, type Person } from '../../../src/demo/person';
import { drawPhotograph, photographSize } from '../../../src/demo/photograph';
import { SeededRandom } from '../../../src/demo/seededRandom';
import { decodeImage } from '../../../src/image/decode';

const seed = 7;

test('the same seed draws the same photograph, byte for byte', async () => {
  const draw = async (): Promise<Buffer> =>
    developPhotograph(drawPerson(seed, 3, nameOf(3)), drawPhotograph(seed, 3, 2));
  assert.deepEqual(await draw(), await draw());
});

test('people, photographs and seeds differ', () => {
  const svg = (s: number, person: number, photograph: number): string =>
    drawPortrait(drawPerson(s, person, 'x'), drawPhotograph(s, person, photograph));
  const drawings = [svg(1, 0, 0), svg(1, 0, 1), svg(1, 1, 0), svg(2, 0, 0)];
  assert.equal(new Set(drawings).size, 4);
});

test('a photograph is a square RGB picture with bright and dark parts', async () => {
  const photograph = await decodeImage(await developPhotograph(drawPerson(seed, 0, 'x'), drawPhotograph(seed, 0, 0)));
  assert.deepEqual([photograph.width, photograph.height], [photographSize, photographSize]);
  const mean = photograph.data.reduce((sum, value) => sum + value, 0) / photograph.data.length;
  const variance = photograph.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / photograph.data.length;
  assert.ok(Math.sqrt(variance) > 15, `deviation ${Math.sqrt(variance)}`);
});

test('every hair, beard and pair of glasses gives a drawing without a number gone wrong', () => {
  const person = drawPerson(seed, 1, 'x');
  const photograph = { ...drawPhotograph(seed, 1, 1), glasses: true };
  const frame = { color: [20, 20, 20], thickness: 0.03, size: 1 } as const;
  const variants: Person[] = [
    ...hairStyles.map((style): Person => ({ ...person, hair: { ...person.hair, style } })),
    ...(['none', 'stubble', 'moustache', 'goatee', 'full'] as const).map((kind): Person => ({
      ...person,
      beard: { kind, density: 0.8 },
    })),
    ...(['round', 'square', 'cat'] as const).map((shape): Person => ({ ...person, glasses: { ...frame, shape } })),
    { ...person, age: 1, freckles: 1, moles: [{ x: 0, y: 1, radius: 0.03 }] },
  ];
  for (const [yaw, pitch] of [
    [0, 0],
    [0.75, 0.3],
    [-0.75, -0.3],
  ] as const) {
    const turned = { ...photograph, pose: { ...photograph.pose, yaw, pitch } };
    for (const variant of variants) assert.doesNotMatch(drawPortrait(variant, turned), /NaN|Infinity|undefined/);
  }
});

test('the first thousand names differ and are folder names', () => {
  const names = Array.from({ length: 1000 }, (_, index) => nameOf(index));
  assert.equal(new Set(names).size, 1000);
  for (const name of names) assert.match(name, /^[A-Z][a-z]+_[A-Z][a-z]+$/);
});

test('random numbers of one key do not depend on others, and stay in their ranges', () => {
  const values = Array.from({ length: 1000 }, (_, index) => new SeededRandom(1, 'a', index).uniform(2, 3));
  assert.ok(values.every((value) => value >= 2 && value < 3));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  assert.ok(Math.abs(mean - 2.5) < 0.05, `mean ${mean}`);
  const random = new SeededRandom(1, 'b');
  for (let i = 0; i < 1000; i++) assert.ok(Math.abs(random.normal(2, 1) - 1) <= 5);
});
