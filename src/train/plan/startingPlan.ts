// What a training on certain people takes from a model: asked before it starts, and by the training itself.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Model } from '../../checkpoint/model';
import { restorePlan, type RestorePlan } from '../../checkpoint/restorePlan';
import type { VariableSpec } from '../../network/describe';
import { classifierStages } from '../../network/classifiers';

/** Class names in label order that the run of a checkpoint has recorded. */
async function labelsOf(model: Pick<Model, 'kind' | 'path'>): Promise<string[] | undefined> {
  if (model.kind !== 'checkpoint') return undefined;
  const directory = dirname(model.path);
  for (const folder of [directory, dirname(directory)]) {
    const text = await readFile(join(folder, 'run.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      const { labels } = JSON.parse(text) as { labels?: unknown };
      if (Array.isArray(labels) && labels.every((label) => typeof label === 'string')) return labels;
    } catch {
      return undefined; // Another program's run.json.
    }
  }
  return undefined;
}

export interface StartingPlan {
  plan: RestorePlan;
  /** The model's classifier is for exactly these people, in this order: it is taken over. */
  samePeople: boolean;
}

/**
 * What happens to each variable of `wanted` (spec §6.11): taken from the model where name and shape agree. The
 * classifier is fresh unless the model's people are known to be the same ones, in the same order.
 */
export async function startingPlan(
  model: Pick<Model, 'kind' | 'path' | 'variables'>,
  wanted: readonly Pick<VariableSpec, 'name' | 'shape'>[],
  labels: readonly string[],
): Promise<StartingPlan> {
  const known = await labelsOf(model);
  const samePeople = known?.length === labels.length && labels.every((label, index) => label === known[index]);
  const exclude = samePeople ? [] : Object.values(classifierStages);
  return { plan: restorePlan(model.variables, wanted, { exclude }), samePeople };
}
