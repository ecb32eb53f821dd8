import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { classifyRequestSchema } from '../../src/protocol/job';
import { modelTitle } from '../../src/protocol/modelTitle';
import { browseFile, pickDataset, pickModel, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { parseRequest, rootFor } from '../jobs/jobRequests';
import { modelOfGallery } from '../jobs/modelOfGallery';
import { withRunProgress } from '../jobs/progressNotification';
import { shownReport } from '../jobs/reports';
import type { Services } from '../services';
import { nameInChoice } from '../shown';
import { classifierEnding, findClassifiers, readClassifierHeader } from '../workspace/classifiers';
import { expand, placeOf } from '../workspace/library';
import { showClassification } from './classificationPanel';

interface ClassifyOptions {
  classifier: string;
  folder: string;
  /** Asked where no model of the workspace has the name that the classifier says. */
  model: string;
}

/**
 * Names the faces of a folder with a classifier and opens what it has said in a tab. Resolves to how the job ended, with its
 * report, or undefined where a question was left.
 */
export async function classifyFolder(
  services: Services,
  argument?: unknown,
): Promise<{ state: string; report?: string } | undefined> {
  const { jobs, library, panels, runs } = services;
  const title = vscode.l10n.t('Classify Folder');
  const given = optionsOf<ClassifyOptions>(argument);
  const { kind } = (argument ?? {}) as { kind?: string };
  const row = pathOf(argument, 'path');
  const typed = given.classifier ?? (kind === 'classifier' ? row : undefined) ?? (await pickClassifier(title));
  if (typed === undefined) return undefined;
  const classifier = expand(typed);
  const header = await readClassifierHeader(classifier);
  const faces =
    given.folder ??
    (kind === 'dataset' ? row : undefined) ??
    (await pickDataset(library, title, vscode.l10n.t('Aligned faces to name, one folder per person'), {
      first: 'faces',
    }));
  if (faces === undefined || faces === null) return undefined;
  const folder = expand(faces);
  const placeHolder = vscode.l10n.t('The model that the classifier was made with: {0}', modelTitle(header.model));
  const chosen =
    given.model ??
    (await modelOfGallery({ library, runs }, header)) ??
    (await pickModel(library, runs, title, placeHolder));
  if (chosen === undefined) return undefined;
  const model = chosen === 'starter' ? chosen : expand(chosen);
  const request = parseRequest(classifyRequestSchema, { kind: 'classify', model, classifier, dataDir: folder }, title);
  const name = vscode.l10n.t('{0} on {1}', basename(classifier), basename(folder));
  const run = await jobs.start(request, { root: rootFor(folder, dirname(classifier)), title: name });
  const record = await withRunProgress(vscode.l10n.t('Classifying {0}', name), run, jobs);
  const report = shownReport(record, run.folder);
  if (record.state !== 'done' || report === undefined) return { state: record.state };
  await showClassification(panels, report.path);
  return { state: record.state, report: report.path };
}

/** One of the classifiers of the workspace, or any file. @throws UserError where there is none in it */
async function pickClassifier(title: string): Promise<string | undefined> {
  const found = await findClassifiers();
  if (found.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no classifier in this workspace.'),
      vscode.l10n.t('Train one on aligned faces first: Train Classifier….'),
    );
  const chosen = await pickOne<string | null>(title, vscode.l10n.t('Classifier that names the faces'), [
    ...found.map(({ path, header }) => ({
      label: nameInChoice(basename(path)),
      description: [modelTitle(header.model), ...placeOf(path)].join(' · '),
      value: path,
    })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a file…')}`, alwaysShow: true, value: null },
  ]);
  return chosen === null
    ? browseFile(title, { [vscode.l10n.t('Classifier')]: [classifierEnding.slice(1), 'json'] })
    : chosen;
}
