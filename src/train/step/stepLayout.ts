// The tensors of a step one after another in one array, as processes that share its images exchange it.
import type { Rank, Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { elementCount } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OwnVariable } from '../heads/head';
import { checksum } from './checksum';
import type { MeasuredTensors, StepGradients } from './stepGradients';

/** How the values of a tensor of all ranks together follow from those of each; in this order they stand in the array. */
const rules = ['mean', 'sum', 'any'] as const;
type Rule = (typeof rules)[number];

/** Groups of a step whose tensors have names. */
const groups = ['gradients', 'statistics', 'measures', 'presentRows', 'moves'] as const;
type Group = (typeof groups)[number];

type Named = Record<Group, Readonly<Record<string, Tensor>>>;

interface Part {
  group: Group | 'regularization';
  name: string;
  rule: Rule;
  shape: readonly number[];
}

/** Where in the array what stands. */
export interface StepSections {
  /** Up to here means over images. */
  readonly means: number;
  /** Up to here sums; what follows is 1 where it is 1 on any rank. */
  readonly sums: number;
  /** Values of all tensors. */
  readonly length: number;
}

/** Which tensors a step has, from one such step; all steps of a trainer have the same. */
export class StepLayout implements StepSections {
  readonly means: number;
  readonly sums: number;
  readonly length: number;
  private readonly parts: readonly Part[];

  /** @param ownVariables of the head */
  constructor(step: StepGradients, ownVariables: readonly OwnVariable[]) {
    const statistics = new Set(ownVariables.filter(({ statistic }) => statistic).map(({ name }) => name));
    const ruleOf = (group: Group, name: string): Rule => {
      if (group === 'presentRows') return 'any';
      return group === 'moves' && !statistics.has(name) ? 'sum' : 'mean';
    };
    const all = named(step);
    const parts: Part[] = groups.flatMap((group) =>
      Object.entries(all[group]).map(([name, { shape }]) => ({ group, name, rule: ruleOf(group, name), shape })),
    );
    if (step.measured.regularization !== undefined)
      parts.push({ group: 'regularization', name: '', rule: 'mean', shape: [] });
    this.parts = rules.flatMap((rule) => parts.filter((part) => part.rule === rule));
    const valuesOf = (wanted: readonly Rule[]): number =>
      sizesOf(this.parts.filter(({ rule }) => wanted.includes(rule))).reduce((sum, size) => sum + size, 0);
    this.means = valuesOf(['mean']);
    this.sums = valuesOf(['mean', 'sum']);
    this.length = valuesOf(rules);
  }

  /** All of a step in one tensor [length + room], the last of it zeros. */
  pack(tf: TensorFlow, step: StepGradients, room: number): Tensor1D {
    const all = named(step);
    return tf.tidy(() => {
      const tensors = this.parts.map(({ group, name }) =>
        group === 'regularization' ? step.measured.regularization! : all[group][name]!,
      );
      const flat = tensors.map((tensor) => tf.reshape<Rank.R1>(tensor, [tensor.size]));
      return tf.concat1d([...flat, tf.zeros<Rank.R1>([room])]);
    });
  }

  /** The step in such values, with what of `own` is no other rank's; it belongs to the caller. */
  tensorsOf(tf: TensorFlow, values: Float32Array, own: StepGradients): StepGradients {
    let offset = 0;
    return tf.tidy(() => {
      // The embedded engine would copy the whole array for each part that is cut out of a tensor of it.
      const pieces = sizesOf(this.parts).map((size) => tf.tensor1d(values.subarray(offset, (offset += size))));
      return this.stepOf(tf, pieces, own.measured);
    });
  }

  /**
   * The step in such a tensor, inside `tf.tidy`.
   * @param own what is no other rank's: of weight decay and prelogits it has copies
   */
  unpack(tf: TensorFlow, packed: Tensor1D, own: Pick<MeasuredTensors, 'weightDecay' | 'prelogits'>): StepGradients {
    const sizes = [...sizesOf(this.parts), packed.size - this.length];
    return this.stepOf(tf, tf.split(packed, sizes), own);
  }

  /** @param pieces the values of each part; what follows them does not count */
  private stepOf(
    tf: TensorFlow,
    pieces: readonly Tensor[],
    own: Pick<MeasuredTensors, 'weightDecay' | 'prelogits'>,
  ): StepGradients {
    const all: Record<Group, Record<string, Tensor>> = {
      ...{ gradients: {}, statistics: {}, measures: {}, presentRows: {}, moves: {} },
    };
    let regularization: Scalar | undefined;
    for (const [index, { group, name, shape }] of this.parts.entries()) {
      const tensor = tf.reshape(pieces[index]!, [...shape]);
      if (group === 'regularization') regularization = tensor as Scalar;
      else all[group][name] = tensor;
    }
    const weightDecay = own.weightDecay?.clone();
    const terms = [...Object.values(all.measures), regularization, weightDecay].filter((term) => term !== undefined);
    const changes = [all.gradients, all.statistics, all.moves].flatMap((group) => Object.values(group));
    return {
      gradients: all.gradients,
      statistics: all.statistics as Record<string, Tensor1D>,
      presentRows: all.presentRows,
      moves: all.moves,
      checksum: checksum(tf, [...terms, ...changes]),
      measured: {
        measures: all.measures as Record<string, Scalar>,
        ...(regularization !== undefined && { regularization }),
        ...(weightDecay !== undefined && { weightDecay }),
        prelogits: own.prelogits.clone(),
      },
    };
  }
}

const sizesOf = (parts: readonly Part[]): number[] => parts.map(({ shape }) => elementCount(shape));

const named = ({ gradients, statistics, presentRows, moves, measured }: StepGradients): Named => ({
  ...{ gradients, statistics, presentRows, moves, measures: measured.measures },
});
