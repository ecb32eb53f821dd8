import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { identifyRequestSchema } from '../../src/protocol/job';
import { pickDataset, pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { parseRequest, rootFor, shortName } from '../jobs/jobRequests';
import { withRunProgress } from '../jobs/progressNotification';
import { shownReport } from '../jobs/reports';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { showIdentification } from './identificationPanel';

interface EvaluateOptions {
  model: string;
  /** Folders of aligned faces. */
  gallery: string;
  probes: string;
  /** Rates of false alarms, 0 … 1. */
  far: number[];
  fpir: number[];
}

/**
 * Measures whether enrolled people are found among probes and strangers refused, and opens the report. Resolves to how the
 * job ended, with its report, or undefined where a question was left.
 * @throws UserError where gallery and probes are the same folder
 */
export async function evaluateIdentification(
  { jobs, library, panels, runs }: Services,
  argument?: unknown,
): Promise<{ state: string; report?: string } | undefined> {
  const {
    model: givenModel,
    gallery: givenGallery,
    probes: givenProbes,
    ...rates
  } = optionsOf<EvaluateOptions>(argument);
  const typed =
    givenModel ??
    pathOf(argument, 'prefix', 'path') ??
    (await pickModel(library, runs, step(1), vscode.l10n.t('Model that is to identify people')));
  if (typed === undefined) return undefined;
  const gallery =
    givenGallery ??
    (await pickDataset(
      library,
      step(2),
      vscode.l10n.t('Aligned faces of those who are enrolled, one folder per person'),
      {
        first: 'faces',
      },
    ));
  if (gallery === undefined || gallery === null) return undefined;
  const probes =
    givenProbes ??
    (await pickDataset(
      library,
      step(3),
      vscode.l10n.t('Other aligned faces of them, in folders of the same names, and strangers in the folder “unknown”'),
      { first: 'faces' },
    ));
  if (probes === undefined || probes === null) return undefined;
  const [galleryDir, probesDir] = [expand(gallery), expand(probes)];
  if (galleryDir === probesDir) {
    throw new UserError(
      vscode.l10n.t(
        'Gallery and probes are the same folder: every face would be found, as it is compared with itself.',
      ),
      vscode.l10n.t('Choose other pictures of the same people as probes.'),
    );
  }
  const model = typed === 'starter' ? typed : expand(typed);
  const request = parseRequest(
    identifyRequestSchema,
    { kind: 'identify', model, galleryDir, probesDir, ...rates },
    vscode.l10n.t('Evaluate Identification'),
  );
  const title = vscode.l10n.t('{0} on {1}', shortName(model), basename(probesDir));
  const run = await jobs.start(request, { root: rootFor(probesDir, probesDir), title });
  const record = await withRunProgress(vscode.l10n.t('Measuring {0}', title), run, jobs);
  const report = shownReport(record, run.folder);
  if (record.state !== 'done' || report === undefined) return { state: record.state };
  await showIdentification(panels, report.path);
  return { state: record.state, report: report.path };
}

function step(number: number): string {
  return `${vscode.l10n.t('Evaluate Identification')} (${number}/3)`;
}
