import type { Model } from '../../checkpoint/model';
import type { RestorePlan, RestoreStatus } from '../../checkpoint/restorePlan';
import { findClassifier } from '../../network/classifiers';
import { describe, type VariableSpec } from '../../network/describe';
import { initializeVariable } from '../../network/initialize';
import type { Network } from '../../network/network';
import { elementCount, type Tensor } from '../../network/tensor';
import { UserError } from '../../protocol/errors';
import { randomSequence } from '../data/counterRandom';
import type { LossHead } from '../heads/head';
import { startingPlan } from './startingPlan';

/** A model of which less than this part of the network's numbers fits is not the model that was meant. */
const leastRestored = 0.5;

export interface StartingWeights {
  weights: Map<string, Tensor>;
  /** Absent when nothing is restored. */
  plan?: RestorePlan;
  /** For the log, one sentence each. */
  notes: string[];
}

/**
 * First values of all variables of the network and its classifier (spec §6.11): from the model where name and shape
 * agree, else fresh (spec §4.1). The classifier is fresh unless the model's people are known to be the same ones.
 * @throws UserError when the model has almost nothing of the network
 */
export async function startingWeights(
  network: Network,
  head: LossHead,
  labels: readonly string[],
  model: Model | undefined,
  seed: number,
): Promise<StartingWeights> {
  const wanted = describe(network, { head: head.stages }).variables;
  const weights = new Map<string, Tensor>();
  if (model === undefined) {
    addFresh(wanted, weights, seed);
    return { weights, notes: ['No pretrained model: all weights start at random.'] };
  }
  const { plan, notes } = await usablePlan(network, head, labels, model);
  const restored = plan.entries.filter(({ status }) => status === 'restored').map(({ name }) => name);
  for (const [name, tensor] of await model.readAll(restored)) weights.set(name, tensor);
  addFresh(wanted, weights, seed);
  return { weights: inOrder(wanted, weights), plan, notes };
}

/**
 * What of a model a training takes, by its header alone, and what that means in a sentence each.
 * @throws UserError when the model has almost nothing of the network
 */
export async function usablePlan(
  network: Network,
  head: Pick<LossHead, 'stages'>,
  labels: readonly string[],
  model: Model,
): Promise<{ plan: RestorePlan; notes: string[] }> {
  const wanted = describe(network, { head: head.stages }).variables;
  const { plan, samePeople } = await startingPlan(model, wanted, labels);
  const stages = new Map(wanted.map(({ name, stage }) => [name, stage]));
  const ofHead = new Set(head.stages.map(({ name }) => name));
  requireEnough(plan, (name) => ofHead.has(stages.get(name)!), network, model);
  const fresh = plan.entries.filter(({ status }) => isFresh(status)).map(({ name }) => name);
  const freshStages = new Set(fresh.map((name) => stages.get(name)!));
  return {
    plan,
    notes: [
      restoredNote(plan, fresh.length, model),
      ...(ofHead.size === 0 ? leftOut(model) : []),
      ...[...ofHead].filter((stage) => freshStages.has(stage)).map((stage) => whyNew(stage, model, samePeople)),
      ...networkNotes(
        fresh.filter((name) => !ofHead.has(stages.get(name)!)),
        stages,
        network,
      ),
    ],
  };
}

const isFresh = (status: RestoreStatus): boolean => status === 'new' || status === 'other-shape';

function addFresh(wanted: readonly VariableSpec[], weights: Map<string, Tensor>, seed: number): void {
  wanted.forEach((variable, index) => {
    if (!weights.has(variable.name)) {
      weights.set(variable.name, initializeVariable(variable, randomSequence(seed, 'initialize', index)));
    }
  });
}

function inOrder(wanted: readonly VariableSpec[], weights: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(wanted.map(({ name }) => [name, weights.get(name)!]));
}

function requireEnough(
  plan: RestorePlan,
  isOfHead: (variable: string) => boolean,
  network: Network,
  model: Model,
): void {
  let [restored, total] = [0, 0];
  for (const { name, status, wantedShape } of plan.entries) {
    if (wantedShape === undefined || isOfHead(name)) continue;
    const size = elementCount(wantedShape);
    total += size;
    if (status === 'restored') restored += size;
  }
  if (restored >= leastRestored * total) return;
  const found = model.network ?? 'another network';
  throw new UserError(
    `${model.path} holds only ${Math.round((100 * restored) / total)} % of ${network.name}: it seems to be ${found}.`,
    'Choose the network of the model, or another model; "facenet inspect MODEL --against NETWORK" shows what differs.',
  );
}

function restoredNote({ counts }: RestorePlan, fresh: number, model: Model): string {
  const unused = counts.unused === 0 ? '' : `, ${counts.unused} of the file unused`;
  return `Restoring pretrained model: ${model.path} (${counts.restored} variables restored, ${fresh} new${unused}).`;
}

/** Why a stage of the head is not the model's. */
function whyNew(stage: string, model: Model, samePeople: boolean): string {
  const found = findClassifier(model.variables);
  const reason = (): string => {
    if (found === undefined) return 'the model has none';
    if (found.name !== stage) return `the model's (${found.name}) belongs to another loss head and is left out`;
    return samePeople ? "the model's has another shape" : 'its people are others';
  };
  return `The classifier (${stage}) is new: ${reason()}.`;
}

/** What a loss without a classifier does with the model's. */
function leftOut(model: Model): string[] {
  const found = findClassifier(model.variables);
  return found === undefined
    ? []
    : [`The model's classifier (${found.name}) is left out: nothing here is trained with it.`];
}

/** What of the network itself is new. */
function networkNotes(fresh: readonly string[], stages: ReadonlyMap<string, string>, network: Network): string[] {
  const { bottleneck, embeddingSize } = network;
  const below = fresh.filter((name) => stages.get(name) !== bottleneck);
  return [
    ...(below.length < fresh.length
      ? [`The ${bottleneck} is new: the model's embeddings have another size than ${embeddingSize}.`]
      : []),
    ...(below.length > 0
      ? [
          `${below.length} variables below the ${bottleneck} are not in the model and start at random, e.g. ${below[0]}.`,
        ]
      : []),
  ];
}
