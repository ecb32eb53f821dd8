import { basename, resolve } from 'node:path';
import type { Model } from '../../checkpoint/model';
import { restorePlan } from '../../checkpoint/restorePlan';
import { listPeople } from '../../dataset/scan';
import { classifierStages, findClassifier, type FoundClassifier, logitsStage } from '../../network/classifiers';
import { describe } from '../../network/describe';
import { defaultEmbeddingSize, networkByName } from '../../network/registry';
import type { ShownPlan } from '../../protocol/checkpoint';
import { UserError } from '../../protocol/errors';
import { startingPlan } from './startingPlan';

/** The network that would start from a model; what is absent is the model's own, the kind of its classifier always. */
export interface PlanRequest {
  network?: string | undefined;
  embeddingSize?: number | undefined;
  /** People of its classifier; without them and without a dataset it has none. */
  classes?: number | undefined;
  /** Folder of one folder per person: the classifier's people. */
  dataDir?: string | undefined;
}

/**
 * What would be restored, new, of another shape or unused if this network started from the model; for a dataset exactly
 * as a training on all of its people would do it. Only headers and names of folders are read.
 *
 * @throws UserError when neither the request nor the model says which network, or the dataset cannot be read.
 */
export async function planAgainst(
  model: Pick<Model, 'kind' | 'path' | 'variables' | 'network' | 'embeddingSize'>,
  request: PlanRequest,
): Promise<ShownPlan> {
  const name = request.network ?? model.network;
  if (name === undefined) {
    throw new UserError(`${model.path} holds no network that is known here.`, 'Say which network is to start from it.');
  }
  const embeddingSize = request.embeddingSize ?? model.embeddingSize ?? defaultEmbeddingSize;
  const network = networkByName(name, { embeddingSize });
  const found = findClassifier(model.variables);
  const stageFor = found?.stageFor ?? logitsStage;
  const against = `${network.name} (${embeddingSize}-d, `;
  if (request.dataDir === undefined) {
    const { classes } = request;
    const title = classes === undefined ? 'no classifier' : `classifier for ${classes} people`;
    const head = classes === undefined ? [] : [stageFor(classes)];
    const plan = restorePlan(model.variables, describe(network, { head }).variables);
    return { ...plan, against: `${against}${title})` };
  }
  const labels = await listPeople(request.dataDir);
  const wanted = describe(network, { head: [stageFor(labels.length)] }).variables;
  const { plan, samePeople } = await startingPlan(model, wanted, labels);
  return {
    ...plan,
    against: `${against}classifier for the ${labels.length} people of ${basename(resolve(request.dataDir))})`,
    note: classifierNote(found, samePeople),
  };
}

function classifierNote(found: FoundClassifier | undefined, samePeople: boolean): string {
  if (found === undefined) return `The classifier (${classifierStages.logits}) is new: the model has none.`;
  return samePeople
    ? `The classifier (${found.name}) is taken over: its people are these ones.`
    : `The classifier (${found.name}) is new: the model's ${found.classes} are not known to be these people.`;
}
