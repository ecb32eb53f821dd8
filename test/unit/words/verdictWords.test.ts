import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as l10n from '@vscode/l10n';
import { installationRoot } from '../../../src/engine/installation';
import { verdictOf } from '../../../src/evaluate/verdict';
import type { MeasuredVerdict, Verdict } from '../../../src/protocol/verdict';
import { noVerdict, verdictDetails, verdictLines, verdictSentence } from '../../../src/words/verdictWords';
import { pairedReports } from '../../fixtures/pairedReports';

const { before, after: trained } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
const better = verdictOf(before, trained) as MeasuredVerdict;
const of = (changes: Partial<MeasuredVerdict>): Verdict => ({ ...better, ...changes });
const worse = of({ kind: 'worse', before: 0.947, after: 0.907, people: 'outsiders', baseline: '20180402-114759' });
const easy = of({ kind: 'unchanged', reason: 'easy', before: 0.995, after: 0.997 });
const few = of({ kind: 'unchanged', reason: 'few', before: 0.93, after: 0.938 });
const { onPairs, ...ofOldRecord } = few as MeasuredVerdict;
const others: Verdict = { kind: 'incomparable', reason: 'pairs', step: 600, differences: [] };
const otherwise: Verdict = {
  kind: 'incomparable',
  reason: 'recipe',
  step: 600,
  differences: ['alignment', 'image size'],
};

const withPairs = { config: { lfw: {} } } as Parameters<typeof noVerdict>[0];

describe('a verdict in words', () => {
  for (const [verdict, sentence] of [
    [better, 'Better by 4.0 points (90.7 % → 94.7 %, noise ± 2.5): use step 600'],
    [
      worse,
      'Worse on outsiders by 4.0 points (94.7 % → 90.7 %, noise ± 2.5): people outside the training are told apart less ' +
        'well than by 20180402-114759',
    ],
    [
      of({ kind: 'worse', before: 0.95, after: 0.9 }),
      'Worse by 5.0 points (95.0 % → 90.0 %, noise ± 2.5) than the starter',
    ],
    [easy, 'No measurable change: these pairs are too easy for the starter (99.5 % before)'],
    [
      few,
      `No measurable change (93.0 % → 93.8 %): 600 pairs of ${onPairs} people are too few to see less than 2.5 points`,
    ],
    [ofOldRecord, 'No measurable change (93.0 % → 93.8 %): 600 pairs are too few to see less than 2.5 points'],
    [of({ kind: 'unchanged' }), 'No measurable change (90.7 % → 94.7 %, noise ± 2.5)'],
    [
      of({ kind: 'collapsed', after: 0.5 }),
      'Collapsed: everybody is mapped to nearly the same point (90.7 % → 50.0 %); do not use step 600',
    ],
    [others, 'No verdict: before and after were measured on different pairs'],
    [otherwise, 'No verdict: before and after were measured differently (alignment, image size)'],
  ] as const) {
    test(sentence, () => assert.equal(verdictSentence(verdict), sentence));
  }

  test('says what it rests on, and where the pairs flatter the model', () => {
    const counts = 'Of 600 pairs: 40 put right, 16 newly wrong, 16 still wrong.';
    assert.deepEqual(verdictDetails(of({ people: 'outsiders' })), [counts]);
    assert.deepEqual(verdictDetails(of({ people: 'trained' })), [
      counts,
      'The pairs show people of the training: how it does with others is not known.',
    ]);
    assert.match(verdictDetails(of({ people: 'some trained' }))[1]!, /^Some of the people/);
    assert.deepEqual(verdictDetails(others), []);
    assert.deepEqual(verdictLines(better), [`${verdictSentence(better)}.`, counts]);
  });

  test('says why there is none', () => {
    assert.match(noVerdict({}, true), /not measured on pairs of images$/);
    assert.match(noVerdict(withPairs, true), /what it began with was not measured$/);
    assert.match(noVerdict(withPairs, false), /^No verdict yet/);
  });
});

describe('in another language', () => {
  after(() => l10n.config({ contents: {} }));

  test('every sentence is one of the bundle, with the same figures', () => {
    const bundle = JSON.parse(readFileSync(join(installationRoot(), 'l10n', 'bundle.l10n.json'), 'utf8')) as object;
    const keys = Object.keys(bundle);
    l10n.config({ contents: Object.fromEntries(keys.map((text) => [text, `⟦${text}⟧`])) });
    const all = [
      better,
      worse,
      of({ kind: 'worse' }),
      easy,
      few,
      ofOldRecord,
      of({ kind: 'unchanged' }),
      of({ kind: 'collapsed' }),
    ];
    const sentences = [
      ...[...all, others, otherwise].map(verdictSentence),
      ...(['outsiders', 'trained', 'some trained'] as const).flatMap((people) => verdictDetails(of({ people }))),
      ...[noVerdict({}, false), noVerdict(withPairs, true), noVerdict(withPairs, false)],
    ];
    for (const sentence of sentences) assert.match(sentence, /^⟦.*⟧$/);
    assert.equal(sentences[0], '⟦Better by 4.0 points (⟦90.7 % → 94.7 %, noise ± 2.5⟧): use step 600⟧');
  });
});
