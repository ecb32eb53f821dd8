import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { parserOf } from '../../../../src/cli/parser';
import { headValues, unreadByHead, withHeadValues } from '../../../../src/protocol/settings/headDefaults';
import { trainConfigSchema } from '../../../../src/protocol/trainConfig';

const phases = [{ name: 'all', trainableFrom: 'All', epochs: 1, learningRate: 1 }];
const configOf = (fields: object) => trainConfigSchema.parse({ dataDir: '/f', phases, ...fields });

test('what is chosen wins over the paper, and the paper over nothing', () => {
  assert.deepEqual(headValues('cosface', {}), { marginScale: 64, interclassFilter: undefined, margin: 0.35 });
  assert.deepEqual(headValues('adaface', { adafaceH: 0.5 }), {
    ...{ marginScale: 64, interclassFilter: undefined },
    ...{ margin: 0.4, adafaceH: 0.5, adafaceDecay: 0.99 },
  });
  assert.equal(headValues('cosface', { margin: 0 }).margin, 0);
  assert.deepEqual(headValues('softmax', { margin: 0.5 }), {});
});

test('written out is what the head reads and nothing else; a configuration of before says softmax', () => {
  const before = configOf({});
  assert.equal(before.head, 'softmax');
  assert.deepEqual(withHeadValues(before), before);
  const { margin, marginScale, subcenters, adafaceH } = withHeadValues(configOf({ head: 'subcenter' }));
  assert.deepEqual([margin, marginScale, subcenters, adafaceH], [0.5, 64, 3, undefined]);
});

test('what is chosen for another head is known', () => {
  assert.deepEqual(
    unreadByHead(configOf({ head: 'arcface', margin: 0.4, marginScale: 30, interclassFilter: 0.9 })),
    [],
  );
  assert.deepEqual(unreadByHead(configOf({ head: 'arcface', marginM2: 0, adafaceDecay: 0 })), [
    'marginM2',
    'adafaceDecay',
  ]);
});

test('--help tells the values of the papers', () => {
  const help = parserOf(command).format_help().replaceAll(/\s+/g, ' ');
  assert.match(help, /margin m \(default: 0\.35 for cosface, 0\.5 for arcface and subcenter, 0\.4 for adaface\)/);
  assert.match(help, /scale s of the cosines, for all heads with a margin \(default: 64\)/);
});
