// A graph whose first step is held against the same step operation by operation, where graphs have not proved themselves.
import { isOutOfMemory } from '../../engine/outOfMemory';
import type { StepMeasure } from '../../journal/measures';
import type { Weights } from '../../network/tensor';
import { describeError, StoppedError, UserError } from '../../protocol/errors';
import type { TrainerState } from './stepAside';
import type { StepOutcome, StepRequest, StepTrainer } from './stepTrainer';

/** Length of the difference of two changes of all weights, as a part of the change: convolutions are summed in other orders. */
const largestDifference = 0.05;

export interface CheckedParts {
  graph: StepTrainer;
  /** A trainer that makes steps one operation after another, from such a state after so many steps on. */
  openPlain: (state: TrainerState, steps: number) => StepTrainer;
  /** Told why steps are made so from the first on. */
  onPlain: (reason: string) => Promise<void>;
}

/** Goes on with the graph where it has learned the same from the first full batch, and without it where it has not. */
export class CheckedTrainer implements StepTrainer {
  private chosen: StepTrainer;
  private isChecked = false;
  /** Of the optimizer, before the check. */
  private steps = 0;

  constructor(private readonly parts: CheckedParts) {
    this.chosen = parts.graph;
  }

  get unit(): number {
    return this.chosen.unit;
  }

  get tensorBytes(): number {
    return this.chosen.tensorBytes;
  }

  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.steps = steps;
    this.chosen.restore(steps, slots);
  }

  async step(request: StepRequest): Promise<StepOutcome> {
    // What a round leaves is a step aside, which takes no graph.
    if (this.isChecked || request.isRest === true) {
      this.steps++;
      return this.chosen.step(request);
    }
    this.isChecked = true;
    const { graph, openPlain, onPlain } = this.parts;
    const before = { weights: await graph.weights(), optimizer: await graph.optimizerState() };
    const plain = openPlain(before, this.steps);
    try {
      const expected = await plain.step(request);
      // The graph finds the same, and diagnoses it as it does.
      if (!expected.made) return await graph.step(request);
      const found = await this.firstStep(request, before.weights, await plain.weights());
      if ('outcome' in found) return found.outcome;
      this.chosen = plain;
      graph.dispose();
      await onPlain(found.reason);
      return expected;
    } finally {
      if (this.chosen !== plain) plain.dispose();
    }
  }

  /** The graph's first step, or why it is none. */
  private async firstStep(
    request: StepRequest,
    before: Weights,
    expected: Weights,
  ): Promise<{ outcome: StepOutcome } | { reason: string }> {
    const { graph } = this.parts;
    try {
      const outcome = await graph.step(request);
      if (!outcome.made) return { reason: 'the first step of a graph is not finite, and that without one is' };
      const part = differenceOfChanges(before, expected, await graph.weights());
      if (part <= largestDifference) return { outcome };
      const by = Number.isFinite(part) ? ` by ${(100 * part).toPrecision(2)} %` : '';
      return { reason: `what a graph has learned in its first step differs${by} from what is learned without one` };
    } catch (error) {
      if (isOutOfMemory(error) || error instanceof UserError || error instanceof StoppedError) throw error;
      return { reason: `a graph fails here: ${describeError(error)}` };
    }
  }

  async measures(): Promise<StepMeasure[]> {
    return this.chosen.measures();
  }

  async validate(...of: Parameters<StepTrainer['validate']>): ReturnType<StepTrainer['validate']> {
    return this.chosen.validate(...of);
  }

  async weights(): ReturnType<StepTrainer['weights']> {
    return this.chosen.weights();
  }

  async optimizerState(): ReturnType<StepTrainer['optimizerState']> {
    return this.chosen.optimizerState();
  }

  dispose(): void {
    this.chosen.dispose();
  }
}

/**
 * Length of the difference between two changes of the same variables, as a part of the expected change: 0 where both are
 * none, infinite where only the other one is some, NaN where a value is no number.
 */
export function differenceOfChanges(before: Weights, expected: Weights, found: Weights): number {
  let [difference, change] = [0, 0];
  for (const [name, { data }] of expected) {
    const [was, is] = [before.get(name)!.data, found.get(name)!.data];
    for (let i = 0; i < data.length; i++) {
      difference += (is[i]! - data[i]!) ** 2;
      change += (data[i]! - was[i]!) ** 2;
    }
  }
  return difference === 0 ? 0 : Math.sqrt(difference / change);
}
