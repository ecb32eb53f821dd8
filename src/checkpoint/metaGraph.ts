// The list of variables in a .meta file (checkpoint-formats §2.1). It holds no weights.
import { readFile } from 'node:fs/promises';
import { UserError } from '../protocol/errors';
import { readFields, readShape } from './protobuf';

export interface MetaGraph {
  /** Version of the TensorFlow that wrote it; absent in hand-made files. */
  tensorflowVersion?: string;
  /** Trainable variables, as the reference saves them, in the order of their creation. */
  variables: { name: string; /** Absent where the graph does not fix it. */ shape?: number[] }[];
}

/** Collections that name variables, the best first: the reference saves exactly the trainable ones. */
const collections = ['trainable_variables', 'variables'] as const;

function variableName(definition: Uint8Array): string {
  let name = '';
  readFields(definition, { 1: (reader) => (name = reader.string()) });
  return name.replace(/:0$/, '');
}

function parse(bytes: Uint8Array): MetaGraph {
  let tensorflowVersion: string | undefined;
  const shapes = new Map<string, number[]>();
  const named = new Map<string, string[]>();
  const node = (definition: Uint8Array): void => {
    let [name, op] = ['', ''];
    const attributes: Uint8Array[] = [];
    readFields(definition, {
      1: (reader) => (name = reader.string()),
      2: (reader) => (op = reader.string()),
      5: (reader) => attributes.push(reader.bytes()),
    });
    if (!['VariableV2', 'Variable', 'VarHandleOp'].includes(op)) return;
    for (const attribute of attributes) {
      let key = '';
      let value: Uint8Array | undefined;
      readFields(attribute, { 1: (reader) => (key = reader.string()), 2: (reader) => (value = reader.bytes()) });
      if (key === 'shape' && value !== undefined) {
        readFields(value, { 7: (reader) => shapes.set(name, readShape(reader.bytes())) });
      }
    }
  };
  const collection = (entry: Uint8Array): void => {
    let key = '';
    let definition: Uint8Array = new Uint8Array(0);
    readFields(entry, { 1: (reader) => (key = reader.string()), 2: (reader) => (definition = reader.bytes()) });
    if (!collections.some((name) => name === key)) return;
    const names: string[] = [];
    readFields(definition, {
      2: (reader) => readFields(reader.bytes(), { 1: (list) => names.push(variableName(list.bytes())) }),
    });
    named.set(key, names);
  };
  readFields(bytes, {
    1: (reader) => readFields(reader.bytes(), { 5: (info) => (tensorflowVersion = info.string()) }),
    2: (reader) => readFields(reader.bytes(), { 1: (graph) => node(graph.bytes()) }),
    4: (reader) => collection(reader.bytes()),
  });
  const names = collections.map((key) => named.get(key)).find((list) => list !== undefined && list.length > 0) ?? [];
  return {
    ...(tensorflowVersion === undefined ? {} : { tensorflowVersion }),
    variables: names.map((name) => {
      const shape = shapes.get(name);
      return shape === undefined ? { name } : { name, shape };
    }),
  };
}

/**
 * Reads which variables a .meta file declares.
 *
 * @throws UserError when the file cannot be read, is no metagraph, or declares no variables.
 */
export async function readMetaGraph(path: string): Promise<MetaGraph> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} cannot be read.`, 'Check the path.', { cause });
  });
  let meta: MetaGraph;
  try {
    meta = parse(bytes);
  } catch (cause) {
    throw new UserError(`${path} is not a metagraph, or it is cut off or damaged.`, 'Copy it again.', { cause });
  }
  if (meta.variables.length === 0) throw new UserError(`${path} declares no variables.`, 'Give the .meta of a model.');
  return meta;
}
