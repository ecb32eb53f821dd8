// Shapes of what TensorFlow's operations give, for those that a training step is made of.
import { windowOutput, type Padding } from '../ops';

/** What an operation is given. */
export interface Operands {
  readonly shapes: readonly (readonly number[])[];
  /** Values of the k-th input, which has to be a constant. */
  readonly constant: (k: number) => readonly number[];
  /** An attribute by its name. */
  readonly attribute: (name: string) => unknown;
}

type Shape = readonly number[];
type ShapeRule = (given: Operands) => readonly Shape[];

const first: ShapeRule = ({ shapes }) => [shapes[0]!];
const second: ShapeRule = ({ shapes }) => [shapes[1]!];
const scalar: ShapeRule = () => [[]];
/** The constant second (or first) input is the shape itself. */
const given =
  (k: number): ShapeRule =>
  ({ constant }) => [constant(k)];

function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
}

const both: ShapeRule = ({ shapes }) => [broadcast(shapes[0]!, shapes[1]!)];

const reduced: ShapeRule = ({ shapes, constant, attribute }) => {
  const [shape] = shapes as [Shape];
  const axes = constant(1).map((axis) => (axis < 0 ? axis + shape.length : axis));
  const kept = attribute('keep_dims') === true;
  return [shape.flatMap((size, axis) => (axes.includes(axis) ? (kept ? [1] : []) : [size]))];
};

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const without = (shape: Shape, axis: number): Shape => shape.filter((_, index) => index !== axis);

const insert = (shape: Shape, axis: number, size: number): Shape => [
  ...shape.slice(0, axis),
  size,
  ...shape.slice(axis),
];

/** Of a window [kh, kw] with channels behind it. */
function windowed({ shapes, attribute }: Operands, kernel: Shape, channels: number): readonly Shape[] {
  const [images, ...size] = shapes[0]!;
  const strides = attribute('strides') as readonly number[];
  const padding = (attribute('padding') as string).toLowerCase() as Padding;
  const outputs = [0, 1].map((axis) => windowOutput(size[axis], kernel[axis]!, strides[axis + 1]!, padding)!);
  return [[images!, ...outputs, channels]];
}

const pooled: ShapeRule = (operands) => {
  const [, height, width] = operands.attribute('ksize') as readonly number[];
  return windowed(operands, [height!, width!], operands.shapes[0]![3]!);
};

const rules: Readonly<Record<string, ShapeRule>> = {
  ...fill(
    ['Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Square', 'Sign', 'Sin', 'Cos', 'Floor', 'Sigmoid', 'Softmax'],
    first,
  ),
  ...fill(['Relu', 'Relu6', 'ReluGrad', 'LeakyRelu', 'Cast', 'OnesLike', 'ZerosLike', 'IsNan', 'IsFinite'], first),
  ...fill(['AddN', 'MaxPoolGrad', 'Bitcast', 'BiasAdd', 'ClipByValue'], first),
  ...fill(['Add', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow', 'Atan2'], both),
  ...fill(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'], both),
  ...fill(['Sum', 'Mean', 'Max', 'Min', 'Prod', 'EuclideanNorm'], reduced),
  Select: second,
  L2Loss: scalar,
  StatelessRandomUniform: given(0),
  Fill: given(0),
  Reshape({ shapes, constant }) {
    const wanted = constant(1);
    const known = wanted.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
    const all = shapes[0]!.reduce((product, size) => product * size, 1);
    return [wanted.map((size) => (size === -1 ? all / known : size))];
  },
  Transpose: ({ shapes, constant }) => [constant(1).map((axis) => shapes[0]![axis]!)],
  Tile: ({ shapes, constant }) => [shapes[0]!.map((size, axis) => size * constant(1)[axis]!)],
  ExpandDims: ({ shapes, constant }) => [insert(shapes[0]!, positive(constant(1)[0]!, shapes[0]!.length + 1), 1)],
  ArgMax: ({ shapes, constant }) => [without(shapes[0]!, positive(constant(1)[0]!, shapes[0]!.length))],
  OneHot: ({ shapes, constant }) => [[...shapes[0]!, constant(1)[0]!]],
  Pack: ({ shapes, attribute }) => [insert(shapes[0]!, attribute('axis') as number, shapes.length)],
  Unpack({ shapes, attribute }) {
    const part = without(shapes[0]!, attribute('axis') as number);
    return Array.from({ length: attribute('num') as number }, () => part);
  },
  ConcatV2({ shapes, constant }) {
    const parts = shapes.slice(0, -1);
    const axis = positive(constant(parts.length)[0]!, parts[0]!.length);
    const joined = parts.reduce((sum, shape) => sum + shape[axis]!, 0);
    return [parts[0]!.map((size, index) => (index === axis ? joined : size))];
  },
  SplitV({ shapes, constant }) {
    const axis = constant(2)[0]!;
    return constant(1).map((size) => shapes[0]!.map((whole, index) => (index === axis ? size : whole)));
  },
  Slice: ({ shapes, constant }) => [
    constant(2).map((size, axis) => (size === -1 ? shapes[0]![axis]! - constant(1)[axis]! : size)),
  ],
  PadV2: ({ shapes, constant }) => [
    shapes[0]!.map((size, axis) => size + constant(1)[2 * axis]! + constant(1)[2 * axis + 1]!),
  ],
  BatchMatMulV2({ shapes, attribute }) {
    const [a, b] = shapes as [Shape, Shape];
    const rows = a.at(attribute('adj_x') === true ? -1 : -2)!;
    const columns = b.at(attribute('adj_y') === true ? -2 : -1)!;
    return [[...broadcast(a.slice(0, -2), b.slice(0, -2)), rows, columns]];
  },
  Conv2D: (operands) => windowed(operands, operands.shapes[1]!, operands.shapes[1]![3]!),
  Conv2DBackpropInput: given(0),
  Conv2DBackpropFilter: given(1),
  DepthwiseConv2dNative: (operands) => windowed(operands, operands.shapes[1]!, operands.shapes[1]![2]!),
  DepthwiseConv2dNativeBackpropInput: given(0),
  DepthwiseConv2dNativeBackpropFilter: given(1),
  MaxPool: pooled,
  AvgPool: pooled,
  AvgPoolGrad: given(0),
  BiasAddGrad: ({ shapes }) => [[shapes[0]!.at(-1)!]],
  FusedBatchNormV3({ shapes }) {
    const [x, scale] = shapes as [Shape, Shape];
    return [x, scale, scale, scale, scale, [0]];
  },
  FusedBatchNormGradV3({ shapes }) {
    const [, x, scale] = shapes as [Shape, Shape, Shape];
    return [x, scale, scale, [0], [0]];
  },
};

function fill(names: readonly string[], rule: ShapeRule): Record<string, ShapeRule> {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

/** Shapes of all results of an operation. @throws Error for one that no step has used so far */
export function resultShapes(operation: string, operands: Operands): readonly Shape[] {
  const rule = rules[operation];
  if (rule === undefined) throw new Error(`no shape is known for the results of ${operation}`);
  return rule(operands);
}
