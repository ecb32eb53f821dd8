// A backend of TensorFlow.js that computes nothing: what it is asked for becomes the nodes of a graph. Whatever runs
// operation by operation on TensorFlow is so written down once, gradients and updates included, and runs as one call.
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../graphdef/graphBuilder';
import type { AttributeValue, ElementType } from '../graphdef/schema';
import { elementCount } from '../tensor';
import { type Attribute, nodeBackend, recordingName } from '../tensorflow/nativeOps';
import type { ResourceVariable } from '../tensorflow/nativeVariables';
import type { TensorFlow } from '../tensorflow/tensorflow';
import { type BindingConstants, graphAttribute, resultType } from './attributes';
import { constantOf, GraphConstants, type RecordedValues } from './graphConstants';
import { resultShapes } from './resultShapes';

/** What stands behind a tensor while a graph is written. */
interface Recorded {
  shape: readonly number[];
  /** Result of a node; undefined for a constant that nothing has used yet. */
  output: string | undefined;
  values?: RecordedValues;
  type: ElementType;
  references: number;
}

/** Order among what reads and changes a variable of the graph. */
interface Resource {
  name: string;
  lastChange: string | undefined;
  readsSince: string[];
}

const dtypes: Readonly<Record<string, DataType>> = { float: 'float32', int32: 'int32', bool: 'bool' };
const elementTypes: Readonly<Record<string, ElementType>> = { float32: 'float', int32: 'int32', bool: 'bool' };

const decides = new Set([
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'],
  ...['IsNan', 'IsFinite'],
]);

/** What takes bfloat16 where it is asked for, and which input of it is a shape. */
const products: ReadonlyMap<string, number | undefined> = new Map([
  ['Conv2D', undefined],
  ['Conv2DBackpropInput', 0],
  ['Conv2DBackpropFilter', 1],
  ['BatchMatMulV2', undefined],
]);

/** A variable of the graph, as TensorFlow's update operations take it. */
export interface GraphVariable extends ResourceVariable {
  /** Gives it a value in a run of its own; the node that does. */
  preset(value: Tensor): string;
  /** What is fetched for parts of so many values of the value that it has before the run changes it. */
  parts(sizes: readonly number[]): string[];
}

/** What is fetched for the value that a variable has before the run changes it. */
export const valueOf = (variable: string): string => `${variable}/Read`;

/** What lives in a graph goes with it. */
const nothing = (): void => undefined;

/** Writes a graph by running what it is to do. */
export class GraphRecorder {
  readonly graph = new GraphBuilder();
  /** Nodes that change variables while `changing` runs. */
  private changes: string[] = [];
  private condition: string | undefined;
  private reduced = false;
  /** What was cast to bfloat16, by what it was cast from. */
  private readonly casts = new Map<string, string>();
  private readonly recorded = new Map<object, Recorded>();
  private readonly resources = new Map<object, Resource>();
  private readonly handles: Tensor[] = [];
  private readonly constants = new GraphConstants(this.graph);
  private readonly binding: BindingConstants;

  constructor(private readonly tf: TensorFlow) {
    const native = nodeBackend(tf);
    if (native === undefined) throw new Error('graphs are written for TensorFlow alone');
    this.binding = native.binding;
  }

  /** Runs `write`, whose operations become nodes; everything that it makes is let go. */
  record<R>(write: () => R): R {
    const { tf } = this;
    const native = tf.backend();
    const engine = tf.engine();
    if (tf.findBackendFactory(recordingName) === null) tf.copyRegisteredKernels('tensorflow', recordingName);
    else tf.removeBackend(recordingName);
    tf.registerBackend(recordingName, () => this.backend(native) as unknown as typeof native);
    // Both change over at once: nothing of these backends is waited for.
    void engine.setBackend(recordingName);
    try {
      let result: R;
      tf.tidy(() => {
        result = write();
      });
      return result!;
    } finally {
      for (const handle of this.handles) handle.dispose();
      void engine.setBackend('tensorflow');
    }
  }

  /** A tensor that is fed by this name. */
  placeholder(name: string, dtype: 'float32' | 'int32' | 'bool', shape: readonly number[]): Tensor {
    const type = elementTypes[dtype]!;
    return this.tensor(
      this.graph.addNamed('Placeholder', name, [], { dtype: { type }, shape: { shape } }),
      type,
      shape,
    );
  }

  /**
   * Float32 that are fed as the words of their bits: integers stay in the host's memory until the graph wants them, other
   * numbers would go to a GPU and back first.
   */
  floats(name: string, shape: readonly number[]): Tensor {
    const words = this.placeholder(name, 'int32', shape);
    const types = { T: { type: 'int32' }, type: { type: 'float' } } as const;
    return this.node('Bitcast', `${name}/Bitcast`, [words], types, 'float', shape, '/device:CPU:0');
  }

  /** Bytes that are fed as words of four of them, as numbers of this shape; what of the last word is too much is left out. */
  bytes(name: string, shape: readonly number[]): Tensor {
    const { graph } = this;
    const count = elementCount(shape);
    const words = Math.ceil(count / 4);
    const uint8 = { T: { type: 'uint8' }, Tshape: { type: 'int32' } } as const;
    const list = (...int32: number[]): string => graph.constant('Const', { shape: [int32.length], int32 });
    const fed = this.outputOf(this.placeholder(name, 'int32', [words]));
    const parts = graph.add(
      'Bitcast',
      `${name}/Bitcast`,
      [fed],
      { T: { type: 'int32' }, type: uint8.T },
      '/device:CPU:0',
    );
    const all = graph.add('Reshape', `${name}/Bytes`, [parts, list(4 * words)], uint8);
    const indices = { T: uint8.T, Index: { type: 'int32' } } as const;
    const wanted =
      count === 4 * words ? all : graph.add('Slice', `${name}/Wanted`, [all, list(0), list(count)], indices);
    const shaped = graph.add('Reshape', `${name}/Shaped`, [wanted, list(...shape)], uint8);
    const cast = { SrcT: uint8.T, DstT: { type: 'float' } } as const;
    return this.tensor(graph.add('Cast', `${name}/Cast`, [shaped], cast), 'float', shape);
  }

  /** Adds a node of one result to the graph. */
  node(
    operation: string,
    name: string,
    inputs: readonly Tensor[],
    attributes: Readonly<Record<string, AttributeValue>>,
    type: ElementType,
    shape: readonly number[],
    device?: string,
  ): Tensor {
    const outputs = inputs.map((input) => this.outputOf(input));
    return this.tensor(this.graph.add(operation, name, outputs, attributes, device), type, shape);
  }

  /** A variable, its handle a node of this name. */
  variable(name: string, shape: readonly number[]): GraphVariable {
    const attributes = { dtype: { type: 'float' }, shape: { shape }, container: { string: '' } } as const;
    const node = this.graph.addNamed('VarHandleOp', name, [], { ...attributes, shared_name: { string: name } });
    const dtype = { dtype: { type: 'float' } } as const;
    const before = this.graph.addNamed('ReadVariableOp', valueOf(name), [node], dtype);
    // It may be asked for in the middle of what is let go at once.
    const handle = this.tf.keep(this.tensor(node, 'float', shape));
    this.handles.push(handle);
    const resource: Resource = { name, lastChange: undefined, readsSince: [] };
    this.resources.set(handle.dataId, resource);
    return {
      handle,
      read: () => {
        const read =
          resource.lastChange === undefined
            ? before
            : this.add('ReadVariableOp', `${name}/Changed`, [node, `^${resource.lastChange}`], dtype);
        resource.readsSince.push(read);
        return this.tensor(read, 'float', shape);
      },
      assign: (value) => this.change(resource, 'AssignVariableOp', [node, this.outputOf(value)], dtype),
      preset: (value) => this.add('AssignVariableOp', `${name}/Assign`, [node, this.outputOf(value)], dtype),
      parts: (sizes) => {
        // No `read`: what changes the variable would have to wait for it in every run.
        const cuts = [
          this.constants.node({ shape: [sizes.length], int32: sizes }),
          this.constants.node({ shape: [], int32: [0] }),
        ];
        const types = { T: { type: 'float' }, Tlen: { type: 'int32' } } as const;
        const attributes = { ...types, num_split: { int: sizes.length } };
        const split = this.add('SplitV', `${name}/Parts`, [before, ...cuts], attributes);
        return sizes.map((_, k) => (k === 0 ? split : `${split}:${k}`));
      },
      dispose: nothing,
    };
  }

  /**
   * Runs `change`; of what it does to variables nothing happens where `condition`, a tensor of one truth value, does not
   * hold.
   * @returns a tensor that is `condition`, and known once everything has happened
   */
  changing(condition: Tensor, change: () => void): Tensor {
    const { graph } = this;
    const bool = { T: { type: 'bool' } } as const;
    const predicate = this.outputOf(condition);
    const fork = graph.add('Switch', 'condition/Switch', [predicate, predicate], bool);
    this.condition = graph.add('Identity', 'condition/holds', [`${fork}:1`], bool);
    this.changes = [];
    change();
    const done = this.changes.map((node) => `^${node}`);
    const made = graph.add('Identity', 'condition/made', [this.condition, ...done], bool);
    const left = graph.add('Identity', 'condition/left', [fork], bool);
    this.condition = undefined;
    return this.tensor(graph.add('Merge', 'condition/Merge', [made, left], { ...bool, N: { int: 2 } }), 'bool', []);
  }

  /** A node that is known once all of these are. */
  together(name: string, nodes: readonly string[]): string {
    const value = this.graph.constant(`${name}/value`, { shape: [], repeated: 1, type: 'float' });
    return this.graph.addNamed('Identity', name, [value, ...nodes.map((node) => `^${node}`)], { T: { type: 'float' } });
  }

  /** Result `k` of node `name`, as `name:k`. */
  outputOf(tensor: Tensor): string {
    const one = this.recordedOf(tensor);
    return (one.output ??= this.constants.node(constantOf(one.shape, one.values!, one.type)));
  }

  private recordedOf({ dataId }: Pick<Tensor, 'dataId'>): Recorded {
    const one = this.recorded.get(dataId);
    if (one === undefined) throw new Error('a tensor with values has come into a graph that is being written');
    return one;
  }

  private add(
    operation: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): string {
    return this.graph.add(operation, name, inputs, attributes);
  }

  private change(
    resource: Resource,
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const before = [
      ...new Set([...resource.readsSince, ...(resource.lastChange === undefined ? [] : [resource.lastChange])]),
      ...(this.condition === undefined ? [] : [this.condition]),
    ];
    const order = before.map((node) => `^${node}`);
    resource.lastChange = this.add(operation, `${resource.name}/${operation}`, [...inputs, ...order], attributes);
    resource.readsSince = [];
    this.changes.push(resource.lastChange);
  }

  private tensor(output: string, type: ElementType, shape: readonly number[]): Tensor {
    const dataId = {};
    this.recorded.set(dataId, { shape, output, type, references: 1 });
    return this.tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: dtypes[type]! });
  }

  /** An operation as TensorFlow.js asks for it. */
  private execute(operation: string, asked: readonly Attribute[], inputs: readonly Tensor[]): Tensor[] {
    const attributes = Object.fromEntries(asked.map((one) => [one.name, graphAttribute(this.binding, one)]));
    const outputs = inputs.map((input) => this.outputOf(input));
    const resources = inputs.flatMap(({ dataId }) => this.resources.get(dataId) ?? []);
    if (resources.length > 0) {
      // The first is the variable, the others its slots, which nothing else reads.
      this.change(resources[0]!, operation, outputs, attributes);
      for (const slot of resources.slice(1)) slot.lastChange = resources[0]!.lastChange;
      return [];
    }
    // Eager operations find out themselves what a graph has to be told.
    if (operation === 'ExpandDims') attributes['T'] = { type: this.recordedOf(inputs[0]!).type };
    const known = this.withoutNode(operation, attributes, inputs);
    if (known !== undefined) return [known];
    const shapes = resultShapes(operation, {
      shapes: inputs.map((input) => this.recordedOf(input).shape),
      constant: (k) => {
        const { values } = this.recordedOf(inputs[k]!);
        if (values === undefined) throw new Error(`input ${k} of ${operation} has to be a constant`);
        return [...values];
      },
      attribute: (name) => asked.find((one) => one.name === name)?.value,
    });
    const node =
      this.reduced && products.has(operation)
        ? this.reducedProduct(operation, outputs, attributes)
        : this.add(operation, operation, outputs, attributes);
    const type = decides.has(operation) ? 'bool' : resultType(attributes);
    return shapes.map((shape, k) => this.tensor(k === 0 ? node : `${node}:${k}`, type, shape));
  }

  /** Result of an operation that is there already, or that many others share; undefined where it takes a node of its own. */
  private withoutNode(
    operation: string,
    { SrcT, DstT }: Readonly<Record<string, AttributeValue>>,
    [input]: readonly Tensor[],
  ): Tensor | undefined {
    const { shape, type } = this.recordedOf(input!);
    // Gradients of TensorFlow.js are cast to what they are.
    if (operation === 'Cast' && JSON.stringify(SrcT) === JSON.stringify(DstT))
      return this.tensor(this.outputOf(input!), type, shape);
    // Scales of batch norms that have none.
    if (operation === 'OnesLike' && shape.length === 1 && type === 'float')
      return this.tensor(this.constants.node({ shape, repeated: 1, type }), type, shape);
    return undefined;
  }

  /** A product that takes bfloat16 and gives float32; sizes of windows and results among its inputs stay as they are. */
  private reducedProduct(
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): string {
    const cast = (from: string): string => {
      const known =
        this.casts.get(from) ??
        this.add('Cast', 'bfloat16', [from], { SrcT: { type: 'float' }, DstT: { type: 'bfloat16' } });
      this.casts.set(from, known);
      return known;
    };
    const sizes = products.get(operation);
    const reduced = inputs.map((input, k) => (k === sizes ? input : cast(input)));
    const product = this.add(operation, operation, reduced, { ...attributes, T: { type: 'bfloat16' } });
    return this.add('Cast', 'float', [product], { SrcT: { type: 'bfloat16' }, DstT: { type: 'float' } });
  }

  /** The native backend in all but what it computes and keeps. */
  private backend(native: object): object {
    const { recorded } = this;
    const write = (values: RecordedValues, shape: readonly number[], dtype: DataType): object => {
      const dataId = {};
      const type = elementTypes[dtype];
      if (type === undefined) throw new Error(`a graph of ours has no constants of ${dtype}`);
      recorded.set(dataId, { shape, output: undefined, values, type, references: 1 });
      return dataId;
    };
    return Object.assign(Object.create(native) as object, {
      write,
      move() {
        throw new Error('a tensor with values has come into a graph that is being written');
      },
      readSync() {
        throw new Error('a graph that is being written has no values');
      },
      executeSingleOutput: (name: string, attributes: Attribute[], inputs: Tensor[]) =>
        this.execute(name, attributes, inputs)[0],
      executeMultipleOutputs: (name: string, attributes: Attribute[], inputs: Tensor[]) =>
        this.execute(name, attributes, inputs),
      inBfloat16: <R>(compute: () => R): R => {
        const before = this.reduced;
        this.reduced = true;
        try {
          return compute();
        } finally {
          this.reduced = before;
        }
      },
      incRef(dataId: object) {
        recorded.get(dataId)!.references++;
      },
      refCount: (dataId: object) => recorded.get(dataId)?.references ?? 0,
      disposeData(dataId: object, force = false) {
        const one = recorded.get(dataId);
        if (one === undefined) return true;
        one.references--;
        if (!force && one.references > 0) return false;
        recorded.delete(dataId);
        return true;
      },
      numDataIds: () => recorded.size,
      dispose: nothing,
    });
  }
}
