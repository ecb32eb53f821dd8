import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import { UserError } from '../../src/protocol/errors';
import { type AlignRequest, alignRequestSchema } from '../../src/protocol/job';
import { withRunProgress } from '../jobs/progressNotification';
import { pickDataset, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { properNames } from '../properNames';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { parseRequest, rootFor } from '../jobs/jobRequests';

type Treatment = Pick<AlignRequest, 'alignment' | 'imageSize' | 'margin'>;

const treatments = (): (vscode.QuickPickItem & { value: Treatment })[] => [
  {
    label: vscode.l10n.t('Box, 160 pixels, margin 32'),
    description: properNames.inceptionResnet,
    detail: vscode.l10n.t('As the published models are validated; for training without random crops'),
    value: { alignment: 'box', imageSize: 160, margin: 32 },
  },
  {
    label: vscode.l10n.t('Box, 182 pixels, margin 44'),
    description: vscode.l10n.t('Inception-ResNet with random crops'),
    detail: vscode.l10n.t('Leaves room for crops of 160 pixels'),
    value: { alignment: 'box', imageSize: 182, margin: 44 },
  },
  {
    label: vscode.l10n.t('Landmarks, 150 pixels'),
    description: vscode.l10n.t('Starter model'),
    detail: vscode.l10n.t('Eyes and nose at fixed places, as the built-in model expects them'),
    value: { alignment: 'landmarks', imageSize: 150, margin: 0 },
  },
];

/** The cuts, the one for the models that are here first. */
async function treatmentsFor(library: Services['library']): Promise<ReturnType<typeof treatments>> {
  const all = treatments();
  if ((await library.models()).length > 0) return all;
  const starter = all.pop()!;
  const description = [starter.description, vscode.l10n.t('the one that is here')].join(' · ');
  return [{ ...starter, label: `$(star-full) ${starter.label}`, description }, ...all];
}

/**
 * Finds the faces of a dataset and writes them to a new folder, in a worker; Cancel keeps what has been aligned.
 * Resolves to the run's folder, the output folder and the final state.
 */
export async function alignDataset(
  { jobs, library }: Services,
  argument?: unknown,
): Promise<{ folder: string; outputDir: string; state: string } | undefined> {
  const given = optionsOf<AlignRequest>(argument);
  const input =
    given.inputDir ??
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(
      library,
      `${vscode.l10n.t('Align Dataset')} (1/3)`,
      vscode.l10n.t('Photographs to find faces in'),
      { first: 'photographs' },
    ));
  if (input === undefined || input === null) return undefined;
  const inputDir = expand(input);
  const isSaid = given.imageSize !== undefined || given.alignment !== undefined;
  const treatment: Partial<Treatment> | undefined = isSaid
    ? {}
    : await pickOne(
        `${vscode.l10n.t('Align Dataset')} (2/3)`,
        vscode.l10n.t('How the faces are cut out, by the model they are for'),
        await treatmentsFor(library),
      );
  if (treatment === undefined) return undefined;
  const size = given.imageSize ?? treatment.imageSize ?? 182;
  const outputDir = given.outputDir === undefined ? await askForOutput(inputDir, size) : expand(given.outputDir);
  if (outputDir === undefined) return undefined;
  if (isInside(inputDir, outputDir)) {
    throw new UserError(
      vscode.l10n.t('The faces cannot be written into the dataset itself ({0}).', outputDir),
      vscode.l10n.t('Choose a folder beside it.'),
    );
  }
  const upright = vscode.workspace.getConfiguration('facenet').get<boolean>('uprightPhotographs', true);
  const request = parseRequest(
    alignRequestSchema,
    { upright, ...treatment, ...given, kind: 'align', inputDir, outputDir },
    vscode.l10n.t('Align Dataset'),
  );
  await mkdir(outputDir, { recursive: true });
  const run = await jobs.start(request, {
    root: rootFor(outputDir, dirname(inputDir)),
    title: vscode.l10n.t('Align {0}', basename(inputDir)),
  });
  const record = await withRunProgress(basename(inputDir), run, jobs);
  return { folder: run.folder, outputDir, state: record.state };
}

async function askForOutput(inputDir: string, size: number): Promise<string | undefined> {
  const value = join(dirname(inputDir), `${basename(inputDir)}_aligned_${size}`);
  const typed = await vscode.window.showInputBox({
    title: `${vscode.l10n.t('Align Dataset')} (3/3)`,
    prompt: vscode.l10n.t('Folder for the faces; what is in there already is kept and not aligned again'),
    value,
    valueSelection: [value.length - basename(value).length, value.length],
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return vscode.l10n.t('Type the folder that the faces are written to.');
      return isInside(inputDir, expand(text.trim()))
        ? vscode.l10n.t('The faces cannot be written into the dataset itself.')
        : undefined;
    },
  });
  return typed === undefined ? undefined : expand(typed.trim());
}
