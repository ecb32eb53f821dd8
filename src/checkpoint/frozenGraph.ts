// Weights of a frozen TensorFlow graph: the constants that once were variables (checkpoint-formats §2.2).
import { readFile } from 'node:fs/promises';
import { variableRoles } from '../network/describe';
import { isFolded } from '../network/identify';
import type { Tensor } from '../network/tensor';
import { UserError } from '../protocol/errors';
import { byteCount, MessageError, readFields } from './protobuf';
import { isNumeric, toDoubles, toFloats, toNumbers } from './dataTypes';
import type { TensorInfo } from './tensorInfo';
import type { ValueReader } from './valueReader';
import { parseTensorProto, repeatedElements, tensorBytes, type TensorProto } from './tensorProto';

const variableLeaves = new RegExp(`/(?:${variableRoles.join('|')})$`);

/** Operations that stand between a frozen variable and the network. */
const readers: ReadonlySet<string> = new Set(['Identity', 'Cast']);

interface Node {
  name: string;
  op: string;
  inputs: string[];
  value?: TensorProto;
}

/**
 * A constant may be a shape with one value that stands for all: a few bytes that mean a gigabyte. In real graphs those are
 * biases and statistics that training has not touched. So many elements of all constants are believed, and as many more as
 * the file could hold as float32.
 */
const mostRepeated = 1 << 20;

/** The weights of one graph; the file's bytes are kept only while values are read. */
export interface FrozenGraph {
  variables: TensorInfo[];
  readAll(names: readonly string[]): Promise<Map<string, Tensor>>;
  readDoubles(name: string): Promise<Float64Array>;
  openValues(): Promise<ValueReader>;
}

function parseNode(bytes: Uint8Array): Node {
  const node: Node = { name: '', op: '', inputs: [] };
  const attributes: Uint8Array[] = [];
  readFields(bytes, {
    1: (reader) => (node.name = reader.string()),
    2: (reader) => (node.op = reader.string()),
    3: (reader) => node.inputs.push(reader.string()),
    5: (reader) => attributes.push(reader.bytes()),
  });
  if (node.op !== 'Const') return node;
  for (const attribute of attributes) {
    let key = '';
    let value: Uint8Array | undefined;
    readFields(attribute, { 1: (reader) => (key = reader.string()), 2: (reader) => (value = reader.bytes()) });
    if (key !== 'value' || value === undefined) continue;
    readFields(value, { 8: (reader) => (node.value = parseTensorProto(reader.bytes())) });
  }
  return node;
}

function parseGraph(bytes: Uint8Array): {
  constants: Map<string, TensorProto>;
  identities: Set<string>;
  nodes: number;
} {
  const constants = new Map<string, TensorProto>();
  const identities = new Set<string>();
  let nodes = 0;
  let repeated = 0;
  readFields(bytes, {
    1: (reader) => {
      nodes++;
      const { name, op, inputs, value } = parseNode(reader.bytes());
      repeated += value === undefined ? 0 : repeatedElements(value);
      if (repeated > mostRepeated + bytes.length / 4) {
        throw new Error(`${name} has the impossible shape [${value!.shape.join(', ')}]`);
      }
      // A Cast where the variable is held in half precision.
      if (readers.has(op) && name === `${inputs[0]}/read`) identities.add(inputs[0]!);
      if (op === 'Const' && value !== undefined) constants.set(name, value);
    },
  });
  return { constants, identities, nodes };
}

/** Constants that were variables: they have a twin `<name>/read`; where a tool has removed those, by their last name. */
function variablesOf({ constants, identities }: ReturnType<typeof parseGraph>): [string, TensorProto][] {
  const all = [...constants];
  const read = all.filter(([name]) => identities.has(name));
  return read.length > 0 ? read : all.filter(([name]) => variableLeaves.test(name));
}

/**
 * Reads what variables a frozen graph holds.
 *
 * @throws UserError when the file is no graph, is damaged, or holds no weights.
 */
export async function openFrozenGraph(path: string, bytes: Uint8Array): Promise<FrozenGraph> {
  const parse = (content: Uint8Array): Map<string, TensorProto> => {
    let graph: ReturnType<typeof parseGraph>;
    try {
      graph = parseGraph(content);
    } catch (cause) {
      const where = cause instanceof MessageError ? ` at byte ${cause.position - content.byteOffset}` : '';
      throw new UserError(
        `${path} is not a TensorFlow graph, or it is cut off or damaged${where}: ${(cause as Error).message}.`,
        'Give a checkpoint or a frozen .pb, or download it again.',
        { cause },
      );
    }
    const variables = variablesOf(graph);
    if (variables.length === 0) {
      const what = graph.nodes === 0 ? 'is not a TensorFlow graph' : 'is a graph without weights';
      throw new UserError(`${path} ${what}.`, 'Give a checkpoint, or a graph frozen with its weights.');
    }
    refuseFolded(path, variables);
    return new Map(variables);
  };
  const variables = [...parse(bytes)].map(([name, { dtype, shape, elementSize }]): TensorInfo => ({
    name,
    dtype,
    shape,
    byteLength: byteCount(shape, elementSize),
  }));
  const find = (tensors: ReadonlyMap<string, TensorProto>, name: string): TensorProto => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new UserError(`${path} has no variable ${name}.`, 'facenet inspect lists them.');
    if (!isNumeric(tensor.dtype)) {
      throw new UserError(
        `${path} holds ${name} as ${tensor.dtype}: its values are not numbers.`,
        'Give a checkpoint or another frozen .pb, or download it again.',
      );
    }
    return tensor;
  };
  const read = async (names: readonly string[]): Promise<TensorProto[]> => {
    const tensors = parse(await readFile(path));
    return names.map((name) => find(tensors, name));
  };
  return {
    variables,
    readAll: async (names) => {
      const tensors = await read(names);
      // Copies: a view would keep the whole file in memory.
      return new Map(
        tensors.map((tensor, i) => [
          names[i]!,
          { shape: tensor.shape, data: Float32Array.from(toFloats(tensor.dtype, tensorBytes(tensor))) },
        ]),
      );
    },
    readDoubles: async (name) => {
      const [tensor] = await read([name]);
      return toDoubles(tensor!.dtype, tensorBytes(tensor!));
    },
    openValues: async () => {
      // Parsed once; the file's bytes stay in memory until the reader is let go.
      const tensors = parse(await readFile(path));
      return {
        values: async (name) => {
          const tensor = find(tensors, name);
          return toNumbers(tensor.dtype, tensorBytes(tensor));
        },
        close: async () => tensors.clear(),
      };
    },
  };
}

function refuseFolded(path: string, variables: readonly [string, unknown][]): void {
  if (isFolded(new Set(variables.map(([name]) => name)))) {
    throw new UserError(
      `${path} was optimised for inference: its batch normalisation is folded into the convolutions.`,
      'Give the checkpoint, or a graph frozen without optimisation.',
    );
  }
}
