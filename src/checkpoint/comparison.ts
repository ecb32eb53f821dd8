// How two models differ, variable by variable: what a training has changed, and that what was frozen has not.
import type { Comparison, ComparisonStatus, StageComparison, VariableComparison } from '../protocol/checkpoint';
import { throwIfStopped } from '../protocol/errors';
import { isNumeric } from './dataTypes';
import { inspect } from './inspection';
import type { Model } from './model';
import type { TensorInfo } from './tensorInfo';
import type { ValueReader } from './valueReader';

type Numbers = Float32Array | Float64Array;

/** Sums over the positions where both values are finite. */
export interface Difference {
  /** Values that are not the same; NaN is the same as NaN. */
  changed: number;
  /** Of those, where either side is not finite. */
  notFinite: number;
  /** Σ(b − a)². */
  squares: number;
  /** Σa². */
  reference: number;
  /** max |b − a|. */
  largest: number;
}

/** Compares two equally long arrays in double precision. @throws Error when their lengths differ */
export function differenceOf(a: Numbers, b: Numbers): Difference {
  if (a.length !== b.length) throw new Error(`${a.length} values cannot be compared with ${b.length}`);
  const sums: Difference = { changed: 0, notFinite: 0, squares: 0, reference: 0, largest: 0 };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    const isSame = x === y || (Number.isNaN(x) && Number.isNaN(y));
    if (!isSame) sums.changed++;
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      if (!isSame) sums.notFinite++;
      continue;
    }
    sums.reference += x * x;
    if (isSame) continue;
    const step = y - x;
    sums.squares += step * step;
    sums.largest = Math.max(sums.largest, Math.abs(step));
  }
  return sums;
}

/** ‖b − a‖₂ / ‖a‖₂; null where only the first is all zeros. */
export function relativeDifference({ squares, reference }: Pick<Difference, 'squares' | 'reference'>): number | null {
  if (squares === 0) return 0;
  return reference === 0 ? null : Math.sqrt(squares / reference);
}

interface Side {
  model: Pick<Model, 'path' | 'variables' | 'openValues' | 'network' | 'embeddingSize' | 'recipe'>;
  variables: ReadonlyMap<string, TensorInfo>;
}

const sideOf = (model: Side['model']): Side => ({
  model,
  variables: new Map(model.variables.map((variable) => [variable.name, variable])),
});

/** Names by stage in the order of the first model's network, then what only the second has. */
function namesByStage(first: Side, second: Side): Map<string | undefined, string[]> {
  const names = new Map<string | undefined, string[]>();
  const known = new Set<string>();
  for (const { model } of [first, second]) {
    for (const { name: stage, variables } of inspect(model).stages) {
      const added = variables.map(({ name }) => name).filter((name) => !known.has(name));
      for (const name of added) known.add(name);
      if (added.length > 0) names.set(stage, [...(names.get(stage) ?? []), ...added]);
    }
  }
  // Variables of no stage stay the last, also where the second model has added a stage.
  const rest = names.get(undefined);
  if (rest !== undefined) {
    names.delete(undefined);
    names.set(undefined, rest);
  }
  return names;
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * Compares every variable of two models that holds numbers; one variable of each is in memory at a time.
 *
 * @throws UserError when a file is damaged, StoppedError on abort.
 */
export async function compareModels(a: Side['model'], b: Side['model'], signal?: AbortSignal): Promise<Comparison> {
  const [first, second] = [sideOf(a), sideOf(b)];
  const readers = { first: await a.openValues(), second: undefined as ValueReader | undefined };
  try {
    readers.second = await b.openValues();
    const variables: VariableComparison[] = [];
    const stages: StageComparison[] = [];
    for (const [stage, names] of namesByStage(first, second)) {
      const compared: VariableComparison[] = [];
      const total = { squares: 0, reference: 0 };
      for (const name of names) {
        throwIfStopped(signal);
        const [own, other] = [first.variables.get(name), second.variables.get(name)];
        if ([own, other].some((variable) => variable !== undefined && !isNumeric(variable.dtype))) continue;
        const placed = { name, ...(stage !== undefined && { stage }) };
        if (own === undefined || other === undefined || !sameShape(own.shape, other.shape)) {
          compared.push(unmatched(placed, own, other));
          continue;
        }
        const difference = differenceOf(await readers.first.values(name), await readers.second.values(name));
        total.squares += difference.squares;
        total.reference += difference.reference;
        compared.push(matched({ ...placed, shape: own.shape, otherShape: other.shape }, difference));
      }
      variables.push(...compared);
      if (compared.length > 0) stages.push(summaryOf(stage, compared, relativeDifference(total)));
    }
    return { first: a.path, second: b.path, variables, stages, counts: countsOf(variables) };
  } finally {
    await Promise.all([readers.first.close(), readers.second?.close()]);
  }
}

type Placed = Pick<VariableComparison, 'name' | 'stage' | 'shape' | 'otherShape'>;

function matched(placed: Placed, difference: Difference): VariableComparison {
  const { changed, notFinite, largest } = difference;
  const status = changed === 0 ? 'equal' : 'different';
  return { ...placed, status, relative: relativeDifference(difference), largest, changed, notFinite };
}

function unmatched(
  placed: Pick<VariableComparison, 'name' | 'stage'>,
  own: TensorInfo | undefined,
  other: TensorInfo | undefined,
): VariableComparison {
  const status = own === undefined ? 'only-second' : other === undefined ? 'only-first' : 'other-shape';
  return {
    ...placed,
    ...(own !== undefined && { shape: own.shape }),
    ...(other !== undefined && { otherShape: other.shape }),
    status,
    relative: null,
    largest: null,
    changed: 0,
    notFinite: 0,
  };
}

function countsOf(variables: readonly VariableComparison[]): Record<ComparisonStatus, number> {
  const counts = { equal: 0, different: 0, 'other-shape': 0, 'only-first': 0, 'only-second': 0 };
  for (const { status } of variables) counts[status]++;
  return counts;
}

function summaryOf(
  name: string | undefined,
  variables: readonly VariableComparison[],
  relative: number | null,
): StageComparison {
  const equal = variables.filter(({ status }) => status === 'equal').length;
  const different = variables.filter(({ status }) => status === 'different').length;
  const largest = variables.flatMap((variable) => variable.largest ?? []);
  return {
    ...(name !== undefined && { name }),
    variables: variables.length,
    equal,
    different,
    unmatched: variables.length - equal - different,
    relative: largest.length === 0 ? null : relative,
    largest: largest.length === 0 ? null : Math.max(...largest),
  };
}
