import type { GraphBuilder } from './graphBuilder';
import type { SaverDef } from './schema';
import { assignAttributes, type DeclaredVariable } from './variables';

/** Checkpoints that the reference keeps (spec §6.9). */
const maxToKeep = 3;

/**
 * Adds the nodes with which TensorFlow's Saver writes and restores `variables` under their own names, in checkpoints of
 * version 2, named as TensorFlow 1.x names them.
 */
export function addSaver(graph: GraphBuilder, variables: readonly DeclaredVariable[]): SaverDef {
  const strings = (name: string, values: readonly string[]): string =>
    graph.constant(name, { shape: [values.length], strings: values });
  const filename = graph.constant('save/Const', { shape: [], strings: ['model'] });
  const names = variables.map(({ name }) => name);
  const types = { types: variables.map(({ type }) => type) };
  const whole = names.map(() => '');

  const save = graph.addNamed(
    'SaveV2',
    'save/SaveV2',
    [filename, strings('save/SaveV2/tensor_names', names), strings('save/SaveV2/shape_and_slices', whole), ...names],
    { dtypes: types },
  );
  const saved = graph.addNamed('Identity', 'save/control_dependency', [filename, `^${save}`], {
    T: { type: 'string' },
  });

  const restore = graph.addNamed(
    'RestoreV2',
    'save/RestoreV2',
    [filename, strings('save/RestoreV2/tensor_names', names), strings('save/RestoreV2/shape_and_slices', whole)],
    { dtypes: types },
  );
  const assigned = variables.map(({ name, type }, index) =>
    graph.add('Assign', 'save/Assign', [name, index === 0 ? restore : `${restore}:${index}`], assignAttributes(type)),
  );
  const restored = graph.addNamed(
    'NoOp',
    'save/restore_all',
    assigned.map((name) => `^${name}`),
  );
  return {
    filenameTensorName: `${filename}:0`,
    saveTensorName: `${saved}:0`,
    restoreOpName: restored,
    maxToKeep,
  };
}
