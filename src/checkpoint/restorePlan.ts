import type { RestoreEntry, RestorePlan } from '../protocol/checkpoint';
import type { TensorInfo } from './tensorInfo';

export type { RestorePlan, RestoreStatus } from '../protocol/checkpoint';

/**
 * What happens to each variable when a network starts from a file. `exclude` names scopes (`Logits`) or variables whose
 * value in the file is not wanted although it would fit, as when the classifier's people are others.
 */
export function restorePlan(
  file: readonly Pick<TensorInfo, 'name' | 'shape'>[],
  wanted: readonly { name: string; shape: readonly number[] }[],
  { exclude = [] }: { exclude?: readonly string[] } = {},
): RestorePlan {
  const shapes = new Map(file.map(({ name, shape }) => [name, shape]));
  const isExcluded = (name: string): boolean =>
    exclude.some((scope) => name === scope || name.startsWith(scope.replace(/\/?$/, '/')));
  const entries = wanted.map(({ name, shape }): RestoreEntry => {
    const fileShape = shapes.get(name);
    shapes.delete(name);
    if (fileShape === undefined) return { name, status: 'new', wantedShape: shape };
    const fits = fileShape.length === shape.length && fileShape.every((size, axis) => size === shape[axis]);
    const status = !fits ? 'other-shape' : isExcluded(name) ? 'new' : 'restored';
    return { name, status, wantedShape: shape, fileShape };
  });
  for (const [name, fileShape] of shapes) entries.push({ name, status: 'unused', fileShape });
  const counts: RestorePlan['counts'] = { restored: 0, new: 0, 'other-shape': 0, unused: 0 };
  for (const { status } of entries) counts[status]++;
  return { entries, counts };
}
