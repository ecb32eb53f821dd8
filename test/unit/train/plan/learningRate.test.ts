import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkByName } from '../../../../src/network/registry';
import { UserError } from '../../../../src/protocol/errors';
import { phaseSchema } from '../../../../src/protocol/trainConfig';
import { learningRateAt, rateInWords } from '../../../../src/train/plan/learningRate';
import { endStep, planPhases, type PlannedPhase } from '../../../../src/train/plan/phases';

const constant = { learningRateDecayFactor: 1, learningRateDecayEpochs: 100 };
const stepsPerEpoch = 10;

function plan(...fields: object[]): PlannedPhase[] {
  const phases = fields.map((field, i) =>
    phaseSchema.parse({ name: `phase ${i}`, trainableFrom: 'Logits', epochs: 4, learningRate: 0.1, ...field }),
  );
  return planPhases(networkByName('squeezenet'), phases, stepsPerEpoch);
}

const ratesOf = (phase: PlannedPhase, decay = constant): number[] =>
  Array.from({ length: endStep(phase) - phase.firstStep }, (_, i) => learningRateAt(phase, phase.firstStep + i, decay));
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('without a schedule the rate is that of the epoch, to the last bit', () => {
  const points = [
    { epoch: 0, rate: 0.3 },
    { epoch: 3, rate: 0.07 },
  ];
  const [one, two] = plan({}, { learningRate: points }) as [PlannedPhase, PlannedPhase];
  assert.deepEqual([...new Set(ratesOf(one))], [0.1]);
  assert.deepEqual(ratesOf(two), [...new Array<number>(20).fill(0.3), ...new Array<number>(20).fill(0.07)]);
  const decay = { learningRateDecayFactor: 0.5, learningRateDecayEpochs: 2 };
  assert.deepEqual([ratesOf(one, decay)[19], ratesOf(one, decay)[20]], [0.1, 0.05]);
});

test('each phase falls to its own end, and the decay of all phases holds too', () => {
  const [, phase] = plan({}, { schedule: 'linear', learningRate: 0.2 }) as [PlannedPhase, PlannedPhase];
  assert.equal(phase.firstStep, 40);
  near(ratesOf(phase)[0]!, 0.2);
  near(ratesOf(phase)[39]!, 0.2 / 40);
  near(ratesOf(phase, { learningRateDecayFactor: 0.1, learningRateDecayEpochs: 1 })[20]!, 0.1 * 0.01);
});

test('a warm-up takes parts of an epoch and goes before rates by epoch too', () => {
  const [half, byEpoch] = plan(
    { warmupEpochs: 0.5, schedule: 'cosine' },
    {
      warmupEpochs: 1,
      learningRate: [
        { epoch: 1, rate: 1 },
        { epoch: 3, rate: 0.1 },
      ],
    },
  ) as [PlannedPhase, PlannedPhase];
  near(ratesOf(half)[0]!, 0.1 / 6);
  near(ratesOf(half)[5]!, 0.1);
  near(ratesOf(half)[39]!, (0.1 * (1 + Math.cos((Math.PI * 34) / 35))) / 2);
  near(ratesOf(byEpoch)[9]!, 10 / 11);
  near(ratesOf(byEpoch)[39]!, 0.1);
  assert.match(rateInWords(half)!, /rises for 5 steps, then falls along a cosine/);
  assert.equal(rateInWords(plan({ schedule: 'constant' })[0]!), undefined);
});

test('rates that contradict each other are refused with the phase', () => {
  const refused = (fields: object, pattern: RegExp): void =>
    assert.throws(
      () => plan(fields),
      (error: unknown) => error instanceof UserError && pattern.test(error.sentence),
    );
  const learningRate = [
    { epoch: 0, rate: 0.1 },
    { epoch: 3, rate: -1 },
  ];
  refused({ learningRate, schedule: 'cosine' }, /^Phase phase 0 .*schedule "cosine"/);
  refused({ warmupEpochs: 4 }, /^Phase phase 0 has 4 epochs, .* 4 of them/);
  // The points end this one after two epochs.
  refused({ learningRate, warmupEpochs: 2 }, /has 2 epochs/);
  plan({ learningRate, schedule: 'constant', warmupEpochs: 1.9 });
});
