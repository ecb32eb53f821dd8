import { describe, isTrained } from '../describe';
import type { Network } from '../network';
import type { Chain, Shape, Stage } from '../ops';
import type { Weights } from '../tensor';
import { GraphBuilder } from './graphBuilder';
import { GraphdefOps, type Value } from './graphdefOps';
import { addSaver } from './saver';
import { encodeGraph, encodeMetaGraph, type ElementType, type NodeDef } from './schema';
import { DeclaredVariables, frozenVariables, variableDef, type WriteVariable } from './variables';

const batch = undefined;

function placeholder(graph: GraphBuilder, name: string, type: ElementType, shape: Shape): string {
  return graph.addNamed('Placeholder', name, [], { dtype: { type }, shape: { shape } });
}

/**
 * `input` [N, ...shape], which programs feed, and `image_batch`, the same, which the reference's validation replaces by a
 * tensor of its own (§7.11): the network reads `image_batch`. (In the reference's graphs `input` is the second of the
 * two; this way both can be fed, and `input` is what a tool expects an input to be.)
 */
export function addInput(graph: GraphBuilder, shape: Shape): Value {
  const input = placeholder(graph, 'input', 'float', [batch, ...shape]);
  return { node: graph.addNamed('Identity', 'image_batch', [input], { T: { type: 'float' } }), shape };
}

/** What the reference's programs feed or replace by name; nothing here depends on it. */
function addReferencePlaceholders(graph: GraphBuilder): void {
  placeholder(graph, 'batch_size', 'int32', []);
  placeholder(graph, 'phase_train', 'bool', []);
  placeholder(graph, 'label_batch', 'int32', [batch]);
}

export function buildStages(o: GraphdefOps, { stages }: Pick<Chain, 'stages'>, input: Value): Value {
  return stages.reduce((x, stage) => stage.build(o, x), input);
}

/** The network from `input` to its prelogits. */
function addNetwork(
  graph: GraphBuilder,
  network: Network,
  imageSize: number,
  write: WriteVariable,
): { o: GraphdefOps; prelogits: Value } {
  const input = addInput(graph, [imageSize, imageSize, network.inputChannels]);
  const o = new GraphdefOps(graph, write);
  return { o, prelogits: buildStages(o, network, input) };
}

export interface FreezeOptions {
  /** Default the network's own. */
  imageSize?: number;
  /** Kernels and matrices in half precision. Default false. */
  half?: boolean;
  /** `prelogits`: what the network ends with, not divided by its length; it is also the node's name. Default `embeddings`. */
  output?: 'embeddings' | 'prelogits';
}

/** The nodes of a network with its weights, from the placeholder `input` to the node that is named as `output` says. */
export function frozenNodes(
  network: Network,
  weights: Weights,
  { imageSize = network.recipe.imageSize, half = false, output = 'embeddings' }: FreezeOptions = {},
  graph = new GraphBuilder(),
): readonly NodeDef[] {
  const { o, prelogits } = addNetwork(graph, network, imageSize, frozenVariables(graph, weights, { half }));
  if (output === 'embeddings') o.l2Normalize(prelogits, output);
  else o.output(output, prelogits);
  return graph.nodes;
}

/**
 * A network with its weights as a frozen GraphDef. Feed `input:0` [N, S, S, channels], standardised, S = `imageSize`
 * (default the network's own); fetch `embeddings:0` [N, embeddingSize], each row of length 1. `phase_train`,
 * `label_batch` and `batch_size` are there for programs that feed them. Batch norms are in inference form and not
 * folded, so that all variables can be read back.
 * @throws UserError when `weights` lacks a variable, has it in another shape or beyond what a half can hold
 */
export function freezeGraph(
  network: Network,
  weights: Weights,
  options: FreezeOptions = {},
): { bytes: Uint8Array; nodes: readonly NodeDef[] } {
  const graph = new GraphBuilder();
  addReferencePlaceholders(graph);
  const nodes = frozenNodes(network, weights, options, graph);
  return { bytes: encodeGraph(nodes), nodes };
}

/**
 * The MetaGraphDef of a network's checkpoints: the graph of `freezeGraph` and the stages of a loss head (its classifier, to
 * logits or cosines), with variables in place of constants, and a saver for them and `global_step`. An optimizer's variables are not in it: which there are
 * changes from phase to phase. Collections as in the reference's files (checkpoint-formats §2.1): `trainable_variables`
 * lists everything that it saves, moving statistics too.
 */
export function metaGraph(
  network: Network,
  { head, imageSize = network.recipe.imageSize }: { head: readonly Stage[]; imageSize?: number },
): { bytes: Uint8Array; nodes: readonly NodeDef[] } {
  const graph = new GraphBuilder();
  const declared = new DeclaredVariables(graph);
  addReferencePlaceholders(graph);
  const { o, prelogits } = addNetwork(graph, network, imageSize, declared.write);
  buildStages(o, { stages: head }, prelogits);
  declared.declare('global_step', [], 'int64');
  o.l2Normalize(prelogits, 'embeddings');
  const saver = addSaver(graph, declared.all);

  const saved = describe(network, { head, imageSize }).variables.map((spec) => variableDef(spec, isTrained(spec)));
  const step = variableDef({ name: 'global_step' }, false);
  const bytes = encodeMetaGraph(graph.nodes, saver, {
    trainable_variables: saved,
    model_variables: saved,
    variables: [...saved, step],
    global_step: [step],
  });
  return { bytes, nodes: graph.nodes };
}
