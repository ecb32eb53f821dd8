import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../../src/engine/wasm/openWasm';
import { headDefaults, headValues } from '../../../../../src/protocol/settings/headDefaults';
import { marginHead } from '../../../../../src/train/heads/margin/marginHead';
import { type MarginHeadName, marginRules } from '../../../../../src/train/heads/margin/marginRules';
import { onRows, onTensors, type RowArithmetic } from '../../../../../src/train/heads/margin/rowArithmetic';
import { hardened, marginLoss, type MarginCase } from '../../../../fixtures/marginLoss';
import { engineNamed } from '../../../../fixtures/engineNamed';

const sizes = { classes: 3, embeddingSize: 4 };
const plain = { prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 0, centerLossAlfa: 0.95 };
const labels = [0, 2, 1, 2];
const papers = { marginM1: 1, marginM2: 0.3, marginM3: 0.2, adafaceH: 0.333 };

/** A scale at which everybody has a gradient, and lengths around those of the prelogits. */
function caseOf(settings: Partial<MarginCase> & Pick<MarginCase, 'head'>): MarginCase {
  return {
    ...{ ...papers, margin: 0.4, marginScale: 5, labelSmoothing: 0, lengths: { mean: 1.5, deviation: 0.5 } },
    ...settings,
  };
}

const cases: MarginCase[] = [
  ...(['cosface', 'arcface', 'combined', 'adaface', 'subcenter'] as const).map((head) => caseOf({ head })),
  caseOf({ head: 'combined', marginM1: 2.4, marginM2: 0.5 }),
  caseOf({ head: 'arcface', labelSmoothing: 0.1 }),
  caseOf({ head: 'cosface', interclassFilter: 0.2 }),
  caseOf({ head: 'adaface', interclassFilter: 0.2, labelSmoothing: 0.2, adafaceH: 2 }),
];

const sample = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(seed + 3.7 * i * i));
const rowsOf = (flat: readonly number[], width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));
/** Weights [E, C(, K)] as directions [C][K][E]. */
const directionsOf = (flat: readonly number[], centers: number): number[][][] =>
  Array.from({ length: sizes.classes }, (_, person) =>
    Array.from({ length: centers }, (__, center) =>
      Array.from({ length: sizes.embeddingSize }, (___, e) => flat[(e * sizes.classes + person) * centers + center]!),
    ),
  );

/** As rules are computed: number by number as the embedded engine does, and by tensors as others do. */
const ways = ['numbers', 'tensors'] as const;
type Way = (typeof ways)[number];

/** Loss, accuracy and gradients of the head on these values. */
async function computed(
  settings: MarginCase,
  prelogits: readonly number[],
  weights: readonly number[],
  way: Way = 'numbers',
) {
  const wasm = await openWasm();
  const tf = way === 'numbers' ? wasm : engineNamed(wasm, 'elsewhere');
  const { lengths, ...chosen } = settings;
  const head = marginHead(settings.head, { ...plain, ...chosen }, sizes);
  const before = tf.memory().numTensors;
  const shape = settings.head === 'subcenter' ? [4, 3, 3] : [4, 3];
  const x = tf.tensor2d([...prelogits], [labels.length, 4]);
  const w = tf.tensor([...weights], shape);
  const state = [
    ['Margin/norm_mean', tf.scalar(lengths.mean)],
    ['Margin/norm_std', tf.scalar(lengths.deviation)],
  ] as const;
  let accuracy!: Tensor;
  const { value, grads } = tf.valueAndGrads((first, second) => {
    const { main, measures } = head.loss(tf, {
      prelogits: first as Tensor2D,
      labels: tf.tensor1d(labels, 'int32'),
      variables: new Map<string, Tensor>([['Margin/weights', second], ...state]),
      inputGradient: true,
    });
    accuracy = tf.keep(measures.accuracy!.clone());
    return main;
  })([x, w]);
  const [dx, dw] = await Promise.all(grads.map((gradient) => gradient.data()));
  const result = { loss: (await value.data())[0]!, accuracy: (await accuracy.data())[0]!, dx, dw };
  tf.dispose([x, w, value, accuracy, ...grads, ...state.map(([, tensor]) => tensor)]);
  assert.equal(tf.memory().numTensors, before, 'leaves no tensors behind');
  return result;
}

const weightsFor = ({ head }: MarginCase): number[] => sample(head === 'subcenter' ? 36 : 12, 1);

describe('loss and gradients are those of the definition', () => {
  for (const [settings, way] of cases.flatMap((one) => ways.map((way) => [one, way] as const))) {
    test(`${JSON.stringify(settings)} by ${way}`, async () => {
      const prelogits = sample(16, 2);
      const weights = weightsFor(settings);
      const centers = settings.head === 'subcenter' ? 3 : 1;
      const lossOf = (x: readonly number[], w: readonly number[]): number =>
        marginLoss(settings, rowsOf(x, 4), directionsOf(w, centers), labels, rowsOf(prelogits, 4));
      const { loss, dx, dw } = await computed(settings, prelogits, weights, way);
      assert.ok(Math.abs(loss - lossOf(prelogits, weights)) < 1e-5 * loss, `${loss}`);
      const differences = (values: readonly number[], of: (moved: readonly number[]) => number): number[] =>
        values.map((_, i) => {
          const moved = (step: number): number => of(values.map((value, j) => (i === j ? value + step : value)));
          return (moved(1e-6) - moved(-1e-6)) / 2e-6;
        });
      for (const [name, ours, exact] of [
        ['prelogits', dx!, differences(prelogits, (x) => lossOf(x, weights))],
        ['weights', dw!, differences(weights, (w) => lossOf(prelogits, w))],
      ] as const) {
        const largest = Math.max(...exact.map(Math.abs));
        assert.ok(largest > 0.01, name);
        exact.forEach((value, i) =>
          assert.ok(Math.abs(value - ours[i]!) < 1e-5 * largest, `${name} ${i}: ${ours[i]} is not ${value}`),
        );
      }
    });
  }
});

/** What a head makes of one own cosine, and the slope of that. */
async function ofCosine(name: MarginHeadName, cosine: number, length = 1.5, choice = {}) {
  const tf = await openWasm();
  const make = marginRules[name] as (values: object) => ReturnType<(typeof marginRules)[MarginHeadName]>;
  const rule = make(headValues(name, choice));
  const on = <V>(rows: RowArithmetic<V>, read: (values: V) => number) => {
    const at = rows.of(tf.tensor1d([cosine]));
    const added = rule.harden(rows, {
      cosine: at,
      sine: rows.sqrt(rows.atLeast(rows.mul(rows.sub(1, at), rows.add(1, at)), 0)),
      prelogits: tf.tensor2d([[length, 0]]),
      variables: new Map([
        ['Margin/norm_mean', tf.scalar(1.5)],
        ['Margin/norm_std', tf.scalar(0.5)],
      ]),
    });
    return {
      value: read(rows.add(at, added.cosine)),
      slope: added.slope === undefined ? 1 : read(rows.add(added.slope, 1)),
    };
  };
  tf.engine().startScope();
  const byTensors = on(onTensors(tf, 1), (values) => values.dataSync()[0]!);
  const byNumbers = on(onRows(tf, 1), (value) => value);
  tf.engine().endScope();
  near(byNumbers.value, byTensors.value, 3e-6);
  // Near 0 and π a sine keeps few digits in single precision, and the slope is divided by it.
  if (Math.abs(cosine) < 0.99) near(byNumbers.slope, byTensors.slope, 1e-5);
  return byTensors;
}

const near = (actual: number, expected: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

describe('rules', () => {
  test('have the values of their papers at 60 degrees', async () => {
    near((await ofCosine('cosface', 0.5)).value, 0.5 - 0.35);
    near((await ofCosine('arcface', 0.5)).value, Math.cos(Math.PI / 3 + 0.5));
    near((await ofCosine('arcface', 0.5)).slope, Math.sin(Math.PI / 3 + 0.5) / Math.sin(Math.PI / 3));
    near((await ofCosine('combined', 0.5)).value, Math.cos(Math.PI / 3 + 0.3) - 0.2);
    // Past π it goes on falling: −cos φ − 2.
    near((await ofCosine('combined', -0.99)).value, -Math.cos(Math.acos(-0.99) + 0.3) - 2 - 0.2);
    near(
      (await ofCosine('combined', -0.99, 1, { marginM1: 1.000001 })).value,
      -Math.cos(Math.acos(-0.99) + 0.3) - 2.2,
      1e-5,
    );
    near((await ofCosine('combined', 0.5, 1, { marginM1: 4, marginM2: 0 })).value, 0.5 - 2 - 0.2, 3e-6);
    // As long as the mean: an additive margin; one deviation longer: an angle that is smaller, and a larger margin.
    near((await ofCosine('adaface', 0.5)).value, 0.5 - 0.4);
    const z = (0.333 * 0.5) / 0.501;
    near((await ofCosine('adaface', 0.5, 2)).value, Math.cos(Math.PI / 3 - 0.4 * z) - 0.4 * (1 + z));
    near((await ofCosine('adaface', 0.5, 1)).value, Math.cos(Math.PI / 3 + 0.4 * z) - 0.4 * (1 - z));
    // However long or short, ẑ is within ±1.
    near((await ofCosine('adaface', 0.5, 1000)).value, Math.cos(Math.PI / 3 - 0.4) - 0.8);
    near(
      (await ofCosine('adaface', 0.5, 0)).value,
      Math.cos(Math.PI / 3 + 0.4 * ((0.333 * 1.499) / 0.501)) - 0.4 * (1 - (0.333 * 1.499) / 0.501),
    );
  });

  test('that would turn round beyond π go on falling', async () => {
    const beyond = Math.cos(Math.PI - 0.2);
    const { value, slope } = await ofCosine('arcface', beyond);
    near(value, beyond - 0.5 * Math.sin(0.5));
    assert.equal(slope, 1);
    for (const name of ['arcface', 'combined'] as const) {
      let before = -Infinity;
      for (let angle = 3.14; angle > 0; angle -= 0.05) {
        const own = await ofCosine(name, Math.cos(angle), 1, { marginM1: 3 });
        assert.ok(own.value > before && own.slope >= 0, `${name} at ${angle}`);
        before = own.value;
      }
    }
  });

  for (const name of Object.keys(marginRules) as MarginHeadName[]) {
    test(`${name} is finite at 0 and π, and what it says of a right angle holds`, async () => {
      for (const cosine of [1, -1, 1 - 2 ** -24, -1 + 2 ** -24, 1 + 2 ** -23]) {
        const { value, slope } = await ofCosine(name, cosine);
        assert.ok(Number.isFinite(value) && Number.isFinite(slope) && Math.abs(slope) <= 1000, `${value}, ${slope}`);
        const choice = { ...papers, ...headDefaults[name] } as unknown as MarginCase;
        near(value, hardened(caseOf({ ...choice, head: name }), cosine, 1.5), 2e-3);
      }
      const { ofRightAngle } = (marginRules[name] as (values: object) => { ofRightAngle: number })(
        headValues(name, {}),
      );
      near((await ofCosine(name, 0)).value, ofRightAngle);
    });
  }
});

describe('a head with a margin', () => {
  test('has finite gradients where prelogits lie along, against and without their direction', async () => {
    for (const head of ['cosface', 'arcface', 'combined', 'adaface', 'subcenter'] as const) {
      const settings = caseOf({ head, marginScale: 64 });
      const centers = head === 'subcenter' ? 3 : 1;
      const weights = weightsFor(settings);
      const own = directionsOf(weights, centers).map(([first]) => first!);
      const prelogits = [
        own[0]!,
        own[2]!.map((value) => -3 * value),
        [0, 0, 0, 0],
        own[2]!.map((value) => 1e-7 * value),
      ];
      for (const way of ways) {
        const { loss, dx, dw } = await computed(settings, prelogits.flat(), weights, way);
        assert.ok([loss, ...dx!, ...dw!].every(Number.isFinite), `${head} by ${way}`);
      }
    }
  });

  test('tells the accuracy without its margin', async () => {
    // The first is nearer to its own person, but by less than the margin.
    const weights = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    const prelogits = [1, 0.9, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0];
    const { accuracy, loss } = await computed(caseOf({ head: 'cosface', marginScale: 64 }), prelogits, weights);
    assert.equal(accuracy, 3 / 4);
    assert.ok(loss > 5);
  });

  test('a filtered pair has no gradient and costs next to nothing', async () => {
    const same = [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    const prelogits = [1, 0.1, 0, 0, 0, 0, 1, 0, 1, -0.1, 0, 0, 0, 0, 1, 0];
    const settings = caseOf({ head: 'cosface', marginScale: 64 });
    const [all, filtered] = [
      await computed(settings, prelogits, same),
      await computed({ ...settings, interclassFilter: 0.9 }, prelogits, same),
    ];
    assert.ok(all.loss > 10 && filtered.loss < 1e-6, `${all.loss}, ${filtered.loss}`);
    assert.ok(all.dw!.some((value) => Math.abs(value) > 0.1) && filtered.dw!.every((value) => Math.abs(value) < 1e-6));
  });

  test('knows what guessing costs: everybody at a right angle', async () => {
    const prelogits = Array.from({ length: 4 }, () => [0, 0, 0, 1]).flat();
    const weights = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    for (const head of ['cosface', 'arcface', 'combined', 'adaface'] as const) {
      const settings = caseOf({ head, labelSmoothing: 0.1, lengths: { mean: 1, deviation: 1 } });
      const { loss } = await computed(settings, prelogits, weights);
      near(marginHead(head, { ...plain, ...settings }, sizes).guessing!, loss, 1e-5);
    }
  });

  test('of sub-centres learns of several directions the nearest to each image alone', async () => {
    const settings = caseOf({ head: 'subcenter' });
    const everybody = Array.from({ length: 4 }, () => sample(4, 2)).flat();
    const weights = weightsFor(settings);
    const { dw } = await computed(settings, everybody, weights);
    const cosinesOf = (person: number): number[] =>
      directionsOf(weights, 3)[person]!.map(
        (center) => center.reduce((sum, value, e) => sum + value * everybody[e]!, 0) / Math.hypot(...center),
      );
    directionsOf([...dw!], 3).forEach((centers, person) => {
      const cosines = cosinesOf(person);
      const nearest = cosines.indexOf(Math.max(...cosines));
      centers.forEach((gradient, center) =>
        assert.equal(
          gradient.some((value) => value !== 0),
          center === nearest,
        ),
      );
    });
  });
});
