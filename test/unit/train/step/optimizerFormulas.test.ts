// Twenty steps of every optimizer against its formula in double precision, written down here once more and for one number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import type { OptimizerName } from '../../../../src/protocol/trainConfig';
import { openOptimizer } from '../../../../src/train/step/openOptimizer';

/** What a step with gradient `g`, rate `r` and number `t` from 1 adds to a weight; `s` is changed to the next state. */
type Formula = (s: number[], g: number, r: number, t: number) => number;

const formulas: Record<OptimizerName, { state: number[]; move: Formula }> = {
  ADAGRAD: {
    state: [0.1],
    move(s, g, r) {
      s[0]! += g * g;
      return (-r * g) / Math.sqrt(s[0]!);
    },
  },
  ADADELTA: {
    state: [0, 0],
    move(s, g, r) {
      s[0] = 0.9 * s[0]! + 0.1 * g * g;
      const d = (Math.sqrt(s[1]! + 1e-6) / Math.sqrt(s[0] + 1e-6)) * g;
      s[1] = 0.9 * s[1]! + 0.1 * d * d;
      return -r * d;
    },
  },
  ADAM: {
    state: [0, 0],
    move(s, g, r, t) {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      s[1] = 0.999 * s[1]! + 0.001 * g * g;
      return (((-r * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)) * s[0]) / (Math.sqrt(s[1]) + 0.1);
    },
  },
  RMSPROP: {
    state: [1, 0],
    move(s, g, r) {
      s[0] = 0.9 * s[0]! + 0.1 * g * g;
      s[1] = 0.9 * s[1]! + (r * g) / Math.sqrt(s[0] + 1);
      return -s[1];
    },
  },
  MOM: {
    state: [0],
    move(s, g, r) {
      s[0] = 0.9 * s[0]! + g;
      return -r * (g + 0.9 * s[0]);
    },
  },
  ADAMW: {
    state: [0, 0],
    move(s, g, r, t) {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      s[1] = 0.999 * s[1]! + 0.001 * g * g;
      return (-r * (s[0] / (1 - 0.9 ** t))) / (Math.sqrt(s[1] / (1 - 0.999 ** t)) + 1e-8);
    },
  },
  SGDW: {
    state: [0],
    move(s, g, r) {
      s[0] = 0.9 * s[0]! + g;
      return -r * (g + 0.9 * s[0]);
    },
  },
};

const steps = 20;
const starts = [0.8, -0.4, 0.05, -1.5];
const gradientAt = (i: number, step: number): number => Math.sin(1.7 * i + 0.9 * step) * 10 ** -i;
const rateAt = (step: number): number => 0.05 / (1 + step / 10);
const decays = new Map([
  ['decayed', 0.3],
  ['slow', 0.3],
]);
const rateFactors = new Map([['slow', 0.1]]);

for (const name of Object.keys(formulas) as OptimizerName[]) {
  test(`${name} follows its formula, each variable with its own rate and decay`, async () => {
    const tf = await openWasm();
    const variables = new Map(['decayed', 'free', 'slow'].map((key) => [key, tf.variable(tf.tensor1d(starts))]));
    const optimizer = openOptimizer(tf, name, variables, { decays, rateFactors });
    for (let step = 1; step <= steps; step++) {
      tf.tidy(() => {
        const gradient = tf.tensor1d(starts.map((_, i) => gradientAt(i, step)));
        optimizer.apply({ decayed: gradient, free: gradient, slow: gradient }, rateAt(step));
      });
    }
    for (const [key, variable] of variables) {
      const decay = decays.get(key) ?? 0;
      const factor = rateFactors.get(key) ?? 1;
      const values = await variable.data();
      starts.forEach((start, i) => {
        const { state, move } = formulas[name];
        const s = [...state];
        let w = start;
        for (let step = 1; step <= steps; step++) {
          const rate = factor * rateAt(step);
          w += move(s, gradientAt(i, step), rate, step) - rate * decay * w;
        }
        assert.ok(Math.abs(values[i]! - w) <= 1e-6, `${key} ${i}: ${values[i]} is not ${w}`);
      });
    }
    optimizer.dispose();
    tf.dispose([...variables.values()]);
  });
}
