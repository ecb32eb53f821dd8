import { embeddingStage } from '../network';
import type { Chain, Shape } from '../ops';
import type { Weights } from '../tensor';
import { GraphWriter, type Value } from './graph';
import { OnnxOps } from './onnxOps';
import { encodeModel, type ValueInfo } from './schema';

export interface OnnxExportOptions {
  /** First stage that is written; its input is the graph's. Default 0. */
  from?: number;
  /** Stage before which the graph ends. Default: all stages. */
  to?: number;
  /**
   * Shape of one input without the batch: [H, W, C] or, after the pooling, [C]. H and W may be undefined (sliding
   * networks), or the whole option left out for that. A fixed size runs faster.
   */
  inputShape?: Shape;
  /** `embeddings` divides the result by its length per row. Default `activation`: the last stage's result as it is. */
  output?: 'activation' | 'embeddings';
  /** Name of the result where the stages mark none. Default `output`. */
  outputName?: string;
  /** Kernels and matrices in half precision, after folding; computed in single. Default false. */
  half?: boolean;
  /** What a program can ask the model for. */
  metadata?: Readonly<Record<string, string>>;
  /** Also gives every stage's result, named like the stage, before the others. */
  everyStage?: boolean;
}

/**
 * An ONNX model (operator set 13) of the stages `from` … `to` for float32 batches of any size.
 * Input `input` [N, H, W, C]; outputs in TensorFlow's order of elements: those that the stages mark with `output`, in
 * that order, else one alone. Inference form: dropout is gone, batch norms are folded into the weights.
 * @throws UserError when `weights` lacks a variable or has it in another shape.
 */
export function exportOnnx(chain: Chain, weights: Weights, options: OnnxExportOptions = {}): Uint8Array {
  const shape = options.inputShape ?? [undefined, undefined, chain.inputChannels];
  const input: Value = { kind: 'input', shape, tensorName: 'input' };
  const o = new OnnxOps(weights);
  const results: { name: string; value: Value }[] = [];

  let x = o.fromTensorFlowOrder(input);
  for (const stage of chain.stages.slice(options.from ?? 0, options.to)) {
    x = stage.build(o, x);
    if (options.everyStage === true) results.push({ name: stage.name, value: x });
  }
  if (options.output === 'embeddings') x = embeddingStage.build(o, x);
  results.push(...(o.outputs.length > 0 ? o.outputs : [{ name: options.outputName ?? 'output', value: x }]));

  const writer = new GraphWriter(options.half);
  const outputs = results.map(({ name, value }): ValueInfo => {
    writer.node('Identity', [writer.write(o.inTensorFlowOrder(value))], {}, name);
    return { name, dims: [undefined, ...value.shape] };
  });
  return encodeModel(writer.graph([{ name: 'input', dims: [undefined, ...shape] }], outputs), options.metadata);
}
