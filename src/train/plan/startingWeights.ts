import type { Model } from '../../checkpoint/model';
import type { RestorePlan } from '../../checkpoint/restorePlan';
import { describe, type VariableSpec } from '../../network/describe';
import { initializeVariable } from '../../network/initialize';
import { classifierStage, type Network } from '../../network/network';
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
  const { plan } = await startingPlan(model, wanted, labels);
  const stages = new Map(wanted.map(({ name, stage }) => [name, stage]));
  requireEnough(plan, stages, network, model);
  return { plan, notes: describePlan(plan, stages, network, model) };
}

/** Stage of each wanted variable, by the variable's name. */
type StageOfVariable = ReadonlyMap<string, string>;

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

function requireEnough(plan: RestorePlan, stages: StageOfVariable, network: Network, model: Model): void {
  let [restored, total] = [0, 0];
  for (const { name, status, wantedShape } of plan.entries) {
    if (wantedShape === undefined || stages.get(name) === classifierStage) continue;
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

function describePlan(plan: RestorePlan, stages: StageOfVariable, network: Network, model: Model): string[] {
  const { counts, entries } = plan;
  const isFresh = (status: string): boolean => status === 'new' || status === 'other-shape';
  const fresh = entries.filter(({ status }) => isFresh(status)).map(({ name }) => name);
  const notes = [
    `Restoring pretrained model: ${model.path} (${counts.restored} variables restored, ${fresh.length} new` +
      `${counts.unused === 0 ? '' : `, ${counts.unused} of the file unused`}).`,
  ];
  const { bottleneck, embeddingSize } = network;
  const freshStages = new Set(fresh.map((name) => stages.get(name)));
  const held = [...stages.values()].includes(classifierStage);
  if (!held && entries.some(({ name }) => name.startsWith(`${classifierStage}/`))) {
    notes.push(`The model's classifier (${classifierStage}) is left out: nothing here is trained with it.`);
  }
  if (freshStages.has(classifierStage)) {
    notes.push(`The classifier (${classifierStage}) is new: its people are others.`);
  }
  if (freshStages.has(bottleneck)) {
    notes.push(`The ${bottleneck} is new: the model's embeddings have another size than ${embeddingSize}.`);
  }
  const others = fresh.filter((name) => ![classifierStage, bottleneck].includes(stages.get(name)!));
  if (others.length > 0) {
    notes.push(
      `${others.length} variables below the ${bottleneck} are not in the model and start at random, e.g. ${others[0]}.`,
    );
  }
  return notes;
}
