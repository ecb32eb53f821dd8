// What is known of a model that is exported: by the run that has made it and its reports.
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Model } from '../checkpoint/model';
import { chosenThreshold } from '../evaluate/operatingPoint';
import { readReport } from '../evaluate/readReport';
import { reportOfStep } from '../evaluate/runVerdict';
import type { LfwReport } from '../protocol/lfwReport';
import type { RunRecord } from '../protocol/run';
import { openRunFolder } from '../run/runFolder';

export interface ModelFacts {
  model: Pick<Model, 'name' | 'kind' | 'step' | 'recipe' | 'recipeSource'>;
  /** Of the training that has saved it. */
  run?: RunRecord;
  /** On the pairs of that training, at the step of the model. */
  report?: LfwReport;
  /** Distance below which that report takes two faces for one person. */
  threshold?: number;
}

const isThere = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What run.json beside the model, or one folder above, and the report of its step say. A run that cannot be read says nothing. */
export async function factsOf(model: Model): Promise<ModelFacts> {
  const { name, kind, step, recipe, recipeSource, prefix } = model;
  const facts: ModelFacts = { model: { name, kind, recipe, recipeSource, ...(step !== undefined && { step }) } };
  if (prefix === undefined) return facts;
  for (const folder of [dirname(prefix), dirname(dirname(prefix))]) {
    if (!(await isThere(join(folder, 'run.json')))) continue;
    const opened = await openRunFolder(folder).catch(() => undefined);
    if (opened === undefined) continue;
    facts.run = opened.record;
    const report =
      step === undefined ? undefined : await readReport(join(folder, reportOfStep(step))).catch(() => undefined);
    if (report !== undefined) {
      facts.report = report;
      facts.threshold = chosenThreshold(report);
    }
    break;
  }
  return facts;
}
