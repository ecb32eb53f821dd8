// Forward passes on TensorFlow as one call each.
import { neededNodes } from '../network/graphdef/neededNodes';
import type { Network } from '../network/network';
import { GraphRecorder } from '../network/recording/recordingBackend';
import { SavedGraph } from '../network/recording/savedGraph';
import { elementCount, type Weights } from '../network/tensor';
import { forward } from '../network/tensorflow/forward';
import type { TensorFlow } from '../network/tensorflow/tensorflow';
import { type ForwardEngine, type FrozenPart, stagesOf, weightsOf } from './forwardEngine';

const fedRows = 'rows';

/** Stages as a graph for batches of so many rows, the weights constants of it. */
interface Written {
  session: SavedGraph;
  batch: number;
  /** What is fetched, and its shape with the batch. */
  output: string;
  shape: readonly number[];
}

/**
 * TensorFlow, each pass one call of a graph, which computes what `tensorflowForward` does operation by operation. It is
 * written at the first pass, for as many rows as that has; passes of fewer are filled up with zeros, as no row's result
 * depends on another's.
 */
export function graphForward(tf: TensorFlow, description: string): ForwardEngine {
  return {
    description: `${description}, one call for each pass`,
    batchSize: 96,
    async open(network, weights, part) {
      const values = weightsOf(network, weights, part);
      let written: Written | undefined;
      const release = (): void => {
        written?.session.dispose();
        written = undefined;
      };
      return {
        async run(input, shape) {
          const [count, ...inputShape] = shape as readonly [number, ...number[]];
          if (written !== undefined && written.batch < count) release();
          written ??= write(tf, network, values, part, [count, ...inputShape]);
          const { session, batch, output, shape: outputShape } = written;
          const rows = filledUp(input, batch * elementCount(inputShape));
          const words = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
          const fed = new Map([[fedRows, { dtype: 'int32', shape: [batch, ...inputShape], values: words } as const]]);
          const [, ...rest] = outputShape;
          try {
            const [result] = session.run(fed, [output]);
            return [{ data: result!.subarray(0, count * elementCount(rest)) as Float32Array, shape: [count, ...rest] }];
          } catch (error) {
            // Who has too little memory for so many rows asks for fewer, which are not to be filled up to as many again.
            release();
            throw error;
          }
        },
        dispose: async () => release(),
      };
    },
  };
}

function write(
  tf: TensorFlow,
  network: Network,
  weights: Weights,
  part: FrozenPart,
  shape: readonly [batch: number, ...number[]],
): Written {
  const recorder = new GraphRecorder(tf);
  const result = recorder.record(() => {
    const rows = recorder.floats(fedRows, shape);
    const variables = new Map([...weights].map(([name, value]) => [name, tf.tensor(value.data, [...value.shape])]));
    const computed = forward(tf, stagesOf(network, part), rows, variables);
    return { output: recorder.outputOf(computed), shape: [...computed.shape] };
  });
  const session = new SavedGraph(tf, neededNodes(recorder.graph.nodes, [result.output]));
  return { session, batch: shape[0], ...result };
}

function filledUp(rows: Float32Array, length: number): Float32Array {
  if (rows.length === length) return rows;
  const filled = new Float32Array(length);
  filled.set(rows);
  return filled;
}
