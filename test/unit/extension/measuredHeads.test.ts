// What the wizard recommends and warns of is what docs/heads.md has measured.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { costsStrangers, recommendedHead } from '../../../extension/fineTune/measuredHeads';
import { presetIds } from '../../../extension/fineTune/presets';
import { installationRoot } from '../../../src/engine/installation';
import { networkNames } from '../../../src/protocol/networkNames';
import type { HeadName } from '../../../src/protocol/settings/headDefaults';

const names: Record<string, HeadName> = {
  softmax: 'softmax',
  CosFace: 'cosface',
  ArcFace: 'arcface',
  'sub-centre ArcFace': 'subcenter',
};

interface Row {
  people: number;
  head: string;
  heldOut: number;
  outsiders: number;
}

const text = readFileSync(join(installationRoot(), 'docs', 'heads.md'), 'utf8').split('## Measured')[1]!;
const rows = [...text.matchAll(/^\| (\d+) +\|(.+)\|$/gm)].map(([, people, cells]): Row => {
  const [head, , , heldOut, outsiders] = cells!.split('|').map((cell) => cell.trim());
  return { people: Number(people), head: head!, heldOut: parseFloat(heldOut!), outsiders: parseFloat(outsiders!) };
});
const foldDeviation = Number(/deviation of (\d+\.\d+)\s+over the folds/.exec(text)![1]);
const groups = [...new Set(rows.map(({ people }) => people))];

test('the table has each group with each head that is measured', () => {
  assert.equal(groups.length, 3);
  for (const people of groups) {
    const heads = rows.filter((row) => row.people === people).map(({ head }) => head);
    assert.deepEqual(heads, [
      'before',
      'softmax',
      'softmax + centre',
      'triplet',
      'CosFace',
      'ArcFace',
      'sub-centre ArcFace',
    ]);
  }
});

test('a head is warned of where outsiders were told apart worse by more than the deviation over the folds', () => {
  for (const people of groups) {
    const group = rows.filter((row) => row.people === people);
    const before = group.find(({ head }) => head === 'before')!.outsiders;
    for (const { head, outsiders } of group.filter((row) => row.head in names)) {
      assert.equal(
        costsStrangers(names[head]!, people),
        outsiders < before - foldDeviation,
        `${head}, ${people} people`,
      );
    }
  }
});

test('the head that is recommended tells held-out images apart best of those that outsiders do not pay for', () => {
  for (const people of groups) {
    const harmless = rows.filter(
      (row) => row.people === people && row.head in names && !costsStrangers(names[row.head]!, people),
    );
    const best = recommendedHead('classifierThenLastBlock', 'dlib_resnet');
    const recommended: Row | undefined = harmless.find((row) => names[row.head] === best);
    assert.equal(recommended?.heldOut, Math.max(...harmless.map(({ heldOut }) => heldOut)), `${people} people`);
  }
});

test("what was not measured has the reference's head", () => {
  for (const preset of presetIds) {
    for (const network of [undefined, ...networkNames]) {
      const measured = preset === 'classifierThenLastBlock' && network === 'dlib_resnet';
      assert.equal(recommendedHead(preset, network) === 'softmax', !measured, `${preset}, ${network}`);
    }
  }
});
