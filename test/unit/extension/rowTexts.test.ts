// What a row of a list says: options by the names of their settings, in lines that nothing cuts off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSettingNames } from '../../../extension/fineTune/settingNames';
import { wrap } from '../../../extension/inputs/wrap';

test('options of the command line are named by their settings', () => {
  assert.equal(
    inSettingNames('Raise batch_size or lower --lfw_nrof_folds 3.'),
    'Raise batchSize or lower lfw.folds 3.',
  );
  assert.equal(inSettingNames('--seed has no effect'), 'seed has no effect');
  assert.equal(inSettingNames('/data/my_people and optimizer stay'), '/data/my_people and optimizer stay');
});

test('a sentence is broken between words, and nothing of it is lost', () => {
  const sentence =
    'The faces in faces were each cut out by the box, but the model was trained on faces cut out otherwise.';
  const lines = wrap(sentence, 40);
  assert.equal(lines.join(' '), sentence);
  assert.ok(lines.length === 3 && lines.every((line) => line.length <= 40), lines.join('|'));
  assert.deepEqual(wrap(''), []);
  assert.deepEqual(wrap('x'.repeat(50), 10), ['x'.repeat(50)]);
});
