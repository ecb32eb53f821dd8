import * as vscode from 'vscode';
import { openModel } from '../../src/checkpoint/model';
import { isInside } from '../../src/files/insideFolder';
import type { ComparisonStatus, RestoreStatus } from '../../src/protocol/checkpoint';
import { networkNames, type NetworkName } from '../../src/protocol/networkNames';
import { pickDataset, pickModel, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { type PlanChoice, loadPlan, showModel } from './checkpointPanel';
import type { Services } from '../services';
import { expand } from '../workspace/library';

/** `starter`, or an absolute path. */
const pathOfModel = (typed: string): string => (typed === 'starter' ? typed : expand(typed));

/** Path of the model that a command is called on, or of the one that is picked for `question`. */
async function modelOf(
  { library, runs }: Services,
  argument: unknown,
  title: string,
  question: string,
): Promise<string | undefined> {
  const typed = pathOf(argument, 'model', 'prefix', 'path') ?? (await pickModel(library, runs, title, question));
  return typed === undefined ? undefined : pathOfModel(typed);
}

/** Opens the Checkpoint tab of a model; resolves to its path. */
export async function showCheckpoint(services: Services, argument?: unknown): Promise<string | undefined> {
  const path = await modelOf(services, argument, vscode.l10n.t('Show Checkpoint'), vscode.l10n.t('Model to show'));
  if (path === undefined) return undefined;
  const panel = await showModel(services.panels, path);
  await panel.compareAtFirst(await pretrainedOf(services.runs, path));
  return path;
}

/** What a checkpoint of a run was made from; undefined for any other model, and where that is the model itself. */
async function pretrainedOf(runs: Services['runs'], path: string): Promise<string | undefined> {
  const run = (await runs.list()).find(({ folder }) => isInside(folder, path));
  if (run?.record.request.kind !== 'train') return undefined;
  const { pretrainedModel } = run.record.request.config;
  return pretrainedModel === undefined || pretrainedModel === path ? undefined : pathOfModel(pretrainedModel);
}

interface CompareOptions {
  model: string;
  other: string;
}

/** Shows in the tab of one model which variables of another differ from it; resolves to the counts. */
export async function compareCheckpoints(
  services: Services,
  argument?: unknown,
): Promise<Record<ComparisonStatus, number> | undefined> {
  const { library, panels, runs } = services;
  const title = vscode.l10n.t('Compare Checkpoints');
  const question = vscode.l10n.t('Model to compare from, such as the one before a training');
  const first = await modelOf(services, argument, title, question);
  if (first === undefined) return undefined;
  const second =
    optionsOf<CompareOptions>(argument).other ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model to compare with'), first));
  if (second === undefined) return undefined;
  const panel = await showModel(panels, first);
  const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('FaceNet: comparing') };
  const { counts } = await vscode.window.withProgress(options, async () => panel.compareWith(pathOfModel(second)));
  return counts;
}

interface PlanOptions {
  model: string;
  /** Null: the network alone, without a classifier. */
  dataset: string | null;
  network: NetworkName;
}

/** Shows in the tab of a model what a training on a dataset would take from it; resolves to the counts. */
export async function restorePlan(
  services: Services,
  argument?: unknown,
): Promise<Record<RestoreStatus, number> | undefined> {
  const { library, panels } = services;
  const title = vscode.l10n.t('Restore Plan');
  const options = optionsOf<PlanOptions>(argument);
  const path = await modelOf(services, argument, title, vscode.l10n.t('Model that the training starts from'));
  if (path === undefined) return undefined;
  const model = await openModel(path, { headerOnly: true });
  const network = options.network ?? model.network ?? (await pickNetwork(title));
  if (network === undefined) return undefined;
  const dataset =
    options.dataset !== undefined
      ? options.dataset
      : await pickDataset(library, title, vscode.l10n.t('Dataset to train on'), {
          none: vscode.l10n.t('None: the network alone'),
          first: 'faces',
        });
  if (dataset === undefined) return undefined;
  const choice: PlanChoice = { network, ...(dataset !== null && { dataset: expand(dataset) }) };
  const plan = await loadPlan(model, choice);
  (await showModel(panels, path)).showPlan(plan, choice);
  return plan.counts;
}

async function pickNetwork(title: string): Promise<NetworkName | undefined> {
  const choices = networkNames.map((name) => ({ label: name, value: name }));
  return pickOne(
    title,
    vscode.l10n.t('The model is of no network that is known here: which one is to start from it?'),
    choices,
  );
}
