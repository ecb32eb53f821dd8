import type { Recipe } from '../protocol/recipe';
import type { Chain, Ops, Stage } from './ops';

/** A face recognition network: images [N, S, S, 3] in, prelogits [N, embeddingSize] out. */
export interface Network extends Chain {
  /** As on the command line, e.g. `inception_resnet_v1`. */
  readonly name: string;
  /** First part of all its variable names. */
  readonly scope: string;
  readonly embeddingSize: number;
  /** The image treatment that its published weights were trained with. */
  readonly recipe: Recipe;
}

export type Build = <T>(o: Ops<T>, x: T) => T;

/** A stage as an architecture writes it: `build` runs inside the root scope. */
export function stage(name: string, build: Build): Stage {
  return { name, build };
}

/** `count` blocks one after another as stages `scope/block_1` …; each is built inside its own scope. */
export function repeat(scope: string, count: number, block: string, build: Build): Stage[] {
  return Array.from({ length: count }, (_, index) => scoped(`${scope}/${block}_${index + 1}`, build));
}

/** A stage whose variables lie in a scope of its own name. */
export function scoped(name: string, build: Build): Stage {
  return { name, build: (o, x) => o.scope(name, () => build(o, x)) };
}

/** The stages with the root scope put before all their variables. */
export function chain(scope: string, stages: readonly Stage[]): Stage[] {
  return stages.map((inner) => ({
    name: inner.name,
    build: (o, x) => o.scope(scope, () => inner.build(o, x)),
  }));
}

/** The classifier on top of a network: prelogits → logits, variables `Logits/weights` and `Logits/biases` (spec §4.3). */
export function logitsStage(classes: number): Stage {
  return stage('Logits', (o, x) => o.fullyConnected(x, classes, 'Logits', { biases: true }));
}

/** Prelogits → embeddings of length 1 (spec §4.3). */
export const embeddingStage: Stage = stage('embeddings', (o, x) => o.l2Normalize(x));

/** Index of the stage `name`; undefined when the chain has no such stage. */
export function stageIndex(network: Chain, name: string): number | undefined {
  const index = network.stages.findIndex((candidate) => candidate.name === name);
  return index === -1 ? undefined : index;
}
