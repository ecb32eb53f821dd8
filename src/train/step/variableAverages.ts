import type { Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { Factor } from './updateRules';

const suffix = '/ExponentialMovingAverage';

/**
 * Moving averages of variables with the rule and the names of tf.train.ExponentialMovingAverage (spec §6.4): they begin
 * at the variables' values and forget faster in the first steps.
 */
export class VariableAverages {
  private readonly averages = new Map<string, Variable>();

  /**
   * @param variables by their checkpoint names; not owned
   * @param decay 0–1, the largest that is used
   * @param known averages of an earlier part of the run, under the names of `named`
   */
  constructor(
    private readonly tf: TensorFlow,
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly decay: number,
    known: ReadonlyMap<string, Float32Array>,
  ) {
    try {
      for (const [name, variable] of variables) {
        const data = known.get(averageOf(name));
        const average = tf.tidy(() =>
          tf.variable(data === undefined ? variable.clone() : tf.tensor(data, variable.shape), false),
        );
        this.averages.set(name, average);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** a −= (1 − d)·(a − v) with d = min(decay, (1 + step)/(10 + step)). */
  update(step: number): void {
    this.move(shareAt(this.decay, step));
  }

  /** The same with 1 − d given. */
  move(share: Factor): void {
    const { tf } = this;
    for (const [name, average] of this.averages) {
      tf.tidy(() => average.assign(tf.sub(average, tf.mul(tf.sub(average, this.variables.get(name)!), share))));
    }
  }

  /** By TensorFlow's names, e.g. `Logits/weights/ExponentialMovingAverage`. */
  named(): Map<string, Variable> {
    return new Map([...this.averages].map(([name, average]) => [averageOf(name), average]));
  }

  dispose(): void {
    for (const average of this.averages.values()) average.dispose();
    this.averages.clear();
  }
}

/** 1 − d of `VariableAverages.update`. */
export function shareAt(decay: number, step: number): number {
  return 1 - Math.min(decay, (1 + step) / (10 + step));
}

/** What the moving average of a variable is called. */
export function averageOf(variable: string): string {
  return `${variable}${suffix}`;
}

/** The variable that a moving average belongs to. */
export function averagedVariable(name: string): string {
  return name.slice(0, -suffix.length);
}

/** The moving averages among the values of a checkpoint. */
export function averagesOf<T>(values: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...values].filter(([name]) => name.endsWith(suffix)));
}
