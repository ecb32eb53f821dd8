// TensorFlow.js' graph model: the nodes of a frozen graph as JSON, the values of its constants in files beside it.
import { halved, isHalved } from '../half';
import type { Shape } from '../ops';
import { constantType, type AttributeValue, type ConstantValue, type ElementType, type NodeDef } from './schema';

/** A constant of the graph in `weights`, where the JSON says what it is. */
interface WeightEntry {
  name: string;
  shape: readonly number[];
  dtype: 'float32' | 'int32';
  /** How it is stored where that is not its own type. */
  quantization?: { dtype: 'float16'; original_dtype: 'float32' };
}

/** What TensorFlow takes for granted and TensorFlow.js wants to be told. */
const toldDefaults: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>> = {
  Conv2D: { dilations: { ints: [1, 1, 1, 1] } },
  DepthwiseConv2dNative: { dilations: { ints: [1, 1, 1, 1] } },
};

const protoType = (type: ElementType): string => `DT_${type.toUpperCase()}`;
const protoShape = (shape: Shape): object => ({ dim: shape.map((size) => ({ size: String(size ?? -1) })) });

function attribute(value: AttributeValue): object {
  if ('type' in value) return { type: protoType(value.type) };
  if ('types' in value) return { list: { type: value.types.map(protoType) } };
  if ('shape' in value) return { shape: protoShape(value.shape) };
  if ('int' in value) return { i: String(value.int) };
  if ('ints' in value) return { list: { i: value.ints.map(String) } };
  if ('float' in value) return { f: value.float };
  if ('bool' in value) return { b: value.bool };
  if ('string' in value) return { s: Buffer.from(value.string).toString('base64') };
  const { constant } = value;
  return { tensor: { dtype: protoType(constantType(constant)), tensorShape: protoShape(constant.shape) } };
}

function floats({ shape, repeated }: { shape: readonly number[]; repeated: number }): Float32Array {
  return new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(repeated);
}

function stored(name: string, value: ConstantValue, half: boolean): { entry: WeightEntry; values: ArrayBufferView } {
  const { shape } = value;
  if ('int32' in value) return { entry: { name, shape, dtype: 'int32' }, values: Int32Array.from(value.int32) };
  const data =
    'float' in value ? value.float : 'repeated' in value && value.type === 'float' ? floats(value) : undefined;
  if (data === undefined) throw new Error(`${name} is a constant of a type that no graph model holds`);
  const entry = { name, shape, dtype: 'float32' } as const;
  if (!half || !isHalved(shape)) return { entry, values: data };
  const quantization = { dtype: 'float16', original_dtype: 'float32' } as const;
  return { entry: { ...entry, quantization }, values: halved(name, { shape, data }) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** One value that is fed or fetched: the node's name and the size of a batch of it. */
export interface Endpoint {
  name: string;
  shape: Shape;
}

/**
 * A frozen graph as `model.json` and the bytes of its constants, one after another as the JSON lists them.
 * @param half kernels and matrices in half precision; TensorFlow.js makes them single when it loads them
 * @param paths names of the files that the bytes are cut into
 * @throws UserError for a value that a half cannot hold
 */
export function graphModel(
  nodes: readonly NodeDef[],
  {
    input,
    output,
    half,
    metadata,
  }: { input: Endpoint; output: Endpoint; half: boolean; metadata: Readonly<Record<string, string>> },
): { bytes: Uint8Array; json: (paths: readonly string[]) => string } {
  const weights = nodes.flatMap(({ name, attributes }) => {
    const value = attributes['value'];
    return value !== undefined && 'constant' in value ? [stored(name, value.constant, half)] : [];
  });
  const endpoint = ({ name, shape }: Endpoint): object => ({
    [name]: { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: protoShape([undefined, ...shape]) },
  });
  const node = nodes.map(({ name, op, input: inputs, attributes }) => ({
    ...{ name, op, input: inputs },
    attr: Object.fromEntries(
      Object.entries({ ...toldDefaults[op], ...attributes }).map(([key, value]) => [key, attribute(value)]),
    ),
  }));
  const json = (paths: readonly string[]): string =>
    JSON.stringify({
      format: 'graph-model',
      generatedBy: 'facenet-workbench',
      convertedBy: 'facenet-workbench',
      signature: { inputs: endpoint(input), outputs: endpoint(output) },
      userDefinedMetadata: metadata,
      modelTopology: { node, library: {}, versions: {} },
      weightsManifest: [{ paths, weights: weights.map(({ entry }) => entry) }],
    });
  return { bytes: Buffer.concat(weights.map(({ values }) => bytesOf(values))), json };
}
