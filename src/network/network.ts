import type { NetworkName } from '../protocol/networkNames';
import type { Recipe } from '../protocol/recipe';
import type { Chain, Ops, Stage } from './ops';

/** How long and at which rate of ADAM the two phases of fine-tuning train (spec §6.11). */
export interface FineTuning {
  /** The new classifier alone, on the frozen network. */
  readonly classifier: { readonly epochs: number; readonly rate: number };
  /** Then from `lastBlock` on. */
  readonly lastBlock: { readonly epochs: number; readonly rate: number };
  /** The rates under a loss head with a margin: its scale makes the gradients steeper. */
  readonly marginRates: { readonly classifier: number; readonly lastBlock: number };
}

/**
 * A face recognition network as its file in `architectures` defines it for one size of embeddings: images [N, S, S, 3]
 * in, prelogits [N, embeddingSize] out. Whatever the workbench decides by the network stands here or follows from the
 * stages (`describe`); nothing else asks for a network's or a stage's name.
 */
export interface Architecture extends Chain {
  /** First part of all its variable names. */
  readonly scope: string;
  /** The image treatment that its published weights were trained with. */
  readonly recipe: Recipe;
  /** Name of the stage that `LastBlock` means: the last block of convolutions, where gentle fine-tuning begins. */
  readonly lastBlock: string;
  /** Name of the stage and layer that makes the prelogits: the last axis of its `weights` is the embedding size. */
  readonly bottleneck: string;
  readonly fineTuning: FineTuning;
}

/** An architecture under its name, with its size. */
export interface Network extends Architecture {
  /** As on the command line, e.g. `inception_resnet_v1`. */
  readonly name: NetworkName;
  readonly embeddingSize: number;
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

/** Prelogits → embeddings of length 1 (spec §4.3). */
export const embeddingStage: Stage = stage('embeddings', (o, x) => o.l2Normalize(x));
