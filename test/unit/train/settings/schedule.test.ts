import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../../../src/protocol/errors';
import { decayedRate, parseSchedule, rateOfEpoch, scheduledEpochs } from '../../../../src/train/settings/schedule';

const casia =
  '# Learning rate schedule\n# Maps an epoch number to a learning rate\n0:  0.05\n60: 0.005\n80: 0.0005\n91: -1\n';

test('the shipped CASIA schedule ends after epoch 90', () => {
  const points = parseSchedule(casia, 'casia.txt');
  assert.deepEqual(
    [1, 59, 60, 79, 80, 90, 91, 500].map((epoch) => rateOfEpoch(points, epoch)),
    [0.05, 0.05, 0.005, 0.005, 0.0005, 0.0005, -1, -1],
  );
  assert.equal(scheduledEpochs({ epochs: 150, learningRate: points }), 90);
  assert.equal(scheduledEpochs({ epochs: 10, learningRate: points }), 10);
});

test('what makes the reference crash is read', () => {
  const points = parseSchedule('\n   # indented\r\n  5 : 0.1 # trailing\n\t\n7: -\n9:-', 's');
  assert.deepEqual(points, [
    { epoch: 5, rate: 0.1 },
    { epoch: 7, rate: -1 },
    { epoch: 9, rate: -1 },
  ]);
  assert.equal(rateOfEpoch(points, 1), 0.1, 'the first rate also holds before its epoch');
});

test('entries count in their order: the first one that lies ahead ends the search', () => {
  const points = parseSchedule('0: 1\n10: 2\n5: 3', 's');
  assert.deepEqual(
    [4, 7, 12].map((epoch) => rateOfEpoch(points, epoch)),
    [1, 1, 3],
  );
});

test('a phase ends before its first epoch without a rate, which is found without counting to it', () => {
  const point = fc.record({ epoch: fc.nat(12), rate: fc.constantFrom(0.1, 0.01, 0, -1) });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 6 }), fc.nat(15), (learningRate, epochs) => {
      const all = Array.from({ length: epochs }, (_, index) => rateOfEpoch(learningRate, index + 1));
      const end = all.findIndex((rate) => rate <= 0);
      assert.equal(scheduledEpochs({ epochs, learningRate }), end === -1 ? epochs : end);
    }),
    { numRuns: 2000 },
  );
  const learningRate = [
    { epoch: 0, rate: 0.01 },
    { epoch: 2 ** 40, rate: -1 },
  ];
  const started = process.cpuUsage();
  assert.equal(scheduledEpochs({ epochs: 2 ** 50, learningRate }), 2 ** 40 - 1);
  assert.ok(process.cpuUsage(started).user < 1e6, 'the epochs are not gone through');
});

test('a wrong line is named', () => {
  for (const text of ['5 0.1', 'x: 0.1', '5: many', '5: 0.1 0.2', '-3: 1']) {
    assert.throws(
      () => parseSchedule(`0: 1\n${text}`, 'rates.txt'),
      (error: unknown) => error instanceof UserError && error.message.includes('rates.txt, line 2'),
    );
  }
  assert.throws(() => parseSchedule('# nothing', 'rates.txt'), UserError);
});

test('any text is read or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        for (const { epoch, rate } of parseSchedule(text, 's'))
          assert.ok(Number.isInteger(epoch) && Number.isFinite(rate));
      } catch (error) {
        assert.ok(error instanceof UserError);
      }
    }),
  );
});

test('the rate decays in steps', () => {
  const decay = { factor: 0.5, epochs: 2, stepsPerEpoch: 10 };
  assert.deepEqual(
    [0, 19, 20, 40].map((step) => decayedRate(1, step, decay)),
    [1, 1, 0.5, 0.25],
  );
});
