import { halved } from '../half';
import type { Shape } from '../ops';
import { elementType, type AttributeValue, type Graph, type NodeProto, type TensorProto } from './schema';

/** A constant input of a node. */
export type Constant = { float: Float32Array; dims: readonly number[] } | { int64: readonly number[] };

/**
 * A value of the graph being built. Images (shape of three) are held as [N, C, H, W], everything else as in TensorFlow.
 * Nothing is written until an output asks for it, so a convolution replaced by its folded self leaves no trace.
 */
export type Value = InputValue | OperationValue | LinearValue;

export interface InputValue {
  kind: 'input';
  shape: Shape;
  tensorName: string;
}

export interface OperationValue {
  kind: 'operation';
  shape: Shape;
  opType: string;
  inputs: readonly Value[];
  constants: readonly Constant[];
  attributes: Record<string, AttributeValue>;
}

/** Weights applied to an input, then `scale` and `shift` per output channel: convolution, depthwise or matrix product. */
export interface LinearValue {
  kind: 'linear';
  shape: Shape;
  input: Value;
  operator: 'conv' | 'depthwise' | 'matrix';
  weights: { shape: readonly number[]; data: Float32Array };
  attributes: Record<string, AttributeValue>;
  scale: Float64Array;
  shift: Float64Array | undefined;
}

/** `value` · scale + shift per channel, folded into the weights. */
export function foldAffine(
  value: LinearValue,
  scale: ArrayLike<number>,
  shift: ArrayLike<number> | undefined,
): LinearValue {
  const folded = value.scale.map((factor, channel) => factor * scale[channel]!);
  if (value.shift === undefined && shift === undefined) return { ...value, scale: folded };
  const moved = folded.map((_, channel) => (value.shift?.[channel] ?? 0) * scale[channel]! + (shift?.[channel] ?? 0));
  return { ...value, scale: folded, shift: moved };
}

/** Writes the values that the outputs need, inputs before users. */
export class GraphWriter {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly names = new Map<Value, string>();

  /** @param half kernels and matrices are held in half precision and cast to single where they are used */
  constructor(private readonly half = false) {}

  /** Writes `value` and all it depends on; its tensor name. */
  write(value: Value): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const name = value.kind === 'input' ? value.tensorName : this.writeNode(value);
    this.names.set(value, name);
    return name;
  }

  node(opType: string, input: string[], attributes: Record<string, AttributeValue> = {}, output?: string): string {
    const name = output ?? `v${this.nodes.length}`;
    this.nodes.push({ opType, input, output: [name], attributes });
    return name;
  }

  /** @param half the values are held in half precision */
  constant(constant: Constant, half = false): string {
    const name = `c${this.initializers.length}`;
    if ('float' in constant && half) {
      const rawData = new Uint8Array(halved(name, { shape: constant.dims, data: constant.float }).buffer);
      this.initializers.push({ name, dims: [...constant.dims], dataType: elementType.half, rawData });
      return this.node('Cast', [name], { to: elementType.float });
    }
    if ('float' in constant) {
      const { buffer, byteOffset, byteLength } = constant.float;
      const rawData = new Uint8Array(buffer, byteOffset, byteLength);
      this.initializers.push({ name, dims: [...constant.dims], dataType: elementType.float, rawData });
    } else {
      const rawData = new Uint8Array(BigInt64Array.from(constant.int64, BigInt).buffer);
      this.initializers.push({ name, dims: [constant.int64.length], dataType: elementType.int64, rawData });
    }
    return name;
  }

  graph(inputs: Graph['inputs'], outputs: Graph['outputs']): Graph {
    return { nodes: this.nodes, initializers: this.initializers, inputs, outputs };
  }

  private writeNode(value: OperationValue | LinearValue): string {
    if (value.kind === 'operation') {
      const inputs = value.inputs.map((input) => this.write(input));
      return this.node(
        value.opType,
        [...inputs, ...value.constants.map((constant) => this.constant(constant))],
        value.attributes,
      );
    }
    const inputs = [this.write(value.input), this.constant(foldedWeights(value), this.half)];
    if (value.shift !== undefined) {
      inputs.push(this.constant({ float: Float32Array.from(value.shift), dims: [value.shift.length] }));
    }
    return this.node(value.operator === 'matrix' ? 'Gemm' : 'Conv', inputs, value.attributes);
  }
}

/** Weights times scale, in ONNX's order: [out, in, kh, kw] for convolutions, [C, 1, kh, kw] for depthwise ones. */
function foldedWeights({ operator, weights, scale }: LinearValue): Constant {
  const { shape, data } = weights;
  const channels = scale.length;
  if (operator === 'matrix')
    return { float: data.map((weight, index) => weight * scale[index % channels]!), dims: shape };
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const taps = height * width;
  // A depthwise kernel [kh, kw, C, 1] has the memory of a convolution kernel [kh, kw, 1, C].
  const perOutput = operator === 'depthwise' ? outputs : inputs;
  const out = new Float32Array(data.length);
  let from = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < perOutput; input++) {
      for (let output = 0; output < channels; output++) {
        out[(output * perOutput + input) * taps + tap] = data[from++]! * scale[output]!;
      }
    }
  }
  return { float: out, dims: [channels, perOutput, height, width] };
}
